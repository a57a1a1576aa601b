/* ph.db/1: a database of the plugin's own, one SQLite file in its data folder. The host opens it, brings its schema up
 * to date, keeps its locks and copies it when the server is backed up.
 *
 * A connection and its statements belong to one thread at a time: open one for each that works at the same time, or
 * guard one. Readers never wait; a second writer waits up to 5 s and is then told PH_E_TEMPORARY. All functions touch
 * the disk: none may be called by a [session-thread].
 */
#ifndef PH_HOST_DB_H
#define PH_HOST_DB_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_DB "ph.db/1"

typedef struct ph_db ph_db;             /* a connection */
typedef struct ph_db_query ph_db_query; /* a prepared statement, kept by its connection */

typedef struct ph_db_api {
  uint32_t size;
  uint32_t reserved;

  /* Opens a connection; the file is made when it is missing. `migrations` are the schema's history: number n (from 1)
   * is SQL that turns version n-1 into n. Those that are missing are run, each in a transaction of its own; they are
   * only ever appended to. `error` may be NULL. Connections that are left are closed after the plugin's stop.
   * [control-thread] from start on, [worker]; PH_E_UNAVAILABLE: the file was written by a newer version of the plugin;
   * PH_E_PERMANENT: it is damaged; PH_E_LIMIT: the disk is full; PH_E_TEMPORARY; PH_E_INVALID: a migration fails;
   * since 1.0 */
  ph_status (*open)(const ph_host* host, const ph_str* migrations, size_t count, ph_db** out, ph_error* error);
  /* Its queries are gone with it. A transaction that is open is rolled back. [worker] or [control-thread]; since 1.0 */
  void (*close)(ph_db* db);

  /* --- [worker] or [control-thread], one at a time for a connection; since 1.0 -------------------------------------
   */

  /* The same text gives the same query again, reset: use constant texts and bind what varies. PH_E_INVALID: not one
   * statement of SQL; ATTACH and PRAGMA are refused with PH_E_DENIED. */
  ph_status (*query)(ph_db* db, ph_str sql, ph_db_query** out, ph_error* error);
  /* Parameters are numbered from 1; bytes are copied. PH_E_INVALID: no such parameter. */
  ph_status (*bind_int)(ph_db_query* query, int32_t index, int64_t value);
  ph_status (*bind_text)(ph_db_query* query, int32_t index, ph_str value);
  ph_status (*bind_blob)(ph_db_query* query, int32_t index, ph_str value);
  ph_status (*bind_null)(ph_db_query* query, int32_t index);
  /* `*out_row` 1: a row is there; 0: that was all, and the query is reset. PH_E_CONFLICT: a constraint; PH_E_LIMIT: the
   * disk is full; PH_E_TEMPORARY, PH_E_PERMANENT as in open(). */
  ph_status (*step)(ph_db_query* query, int32_t* out_row, ph_error* error);
  /* Forgets the row and the parameters. A query that is not reset keeps its snapshot and hinders the file's cleaning.
   */
  void (*reset)(ph_db_query* query);
  /* Columns are numbered from 0. Bytes live until the next step or reset. */
  int64_t (*column_int)(const ph_db_query* query, int32_t column);
  ph_str (*column_bytes)(const ph_db_query* query, int32_t column);
  int32_t (*column_null)(const ph_db_query* query, int32_t column);

  /* A writing transaction: all or nothing, durable when commit() answers PH_OK. PH_E_CONFLICT: one is open already, or
   * none. */
  ph_status (*begin)(ph_db* db);
  ph_status (*commit)(ph_db* db);
  ph_status (*rollback)(ph_db* db);
  /* Rows that the last INSERT, UPDATE or DELETE changed. */
  int64_t (*changes)(const ph_db* db);
} ph_db_api;

#ifdef __cplusplus
}
#endif
#endif
