/* ph.cli/1: commands of a plugin. One registration, three faces: the command `posthouse WORDS ...` with its help and
 * completion, the route /api/v1/plugins/PLUGIN/commands/WORDS of the administration, and the audit log. The host checks
 * arguments and rights before a handler sees them.
 *
 * The plugin's manifest lists the words of its commands (contributes.commands), so that the command line knows whom to
 * ask without loading anybody's code; others are refused.
 *
 * A command may run offline: in the process of the command line, on a machine without a server. There the plugin is
 * created and configured, not started, and has a host with less, whatever its manifest requires: log, config, clock,
 * jobs, dns, message, connect, session and tls; db and secrets answer PH_E_UNAVAILABLE unless there is a data folder
 * that no server uses. Other tables are not there.
 *
 * Handlers run in the hook pool, many at once, and may wait. One that takes longer than its deadline is answered for
 * with a timeout; what it still does has no effect.
 */
#ifndef PH_HOST_CLI_H
#define PH_HOST_CLI_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_CLI "ph.cli/1"

typedef struct ph_cli_call ph_cli_call; /* one call of a command */

/* The least role; each may what the ones before it may. */
#define PH_CLI_ACCOUNT 0
#define PH_CLI_DOMAIN_ADMIN 1
#define PH_CLI_ADMIN 2

#define PH_CLI_TEXT 0
#define PH_CLI_INT 1
#define PH_CLI_BOOL 2
#define PH_CLI_LIST 3 /* of texts */
#define PH_CLI_FILE 4 /* of parameters: the command line reads it ("-": standard input), the handler gets its bytes */
#define PH_CLI_TIME 5 /* Unix seconds */
#define PH_CLI_ANY 6  /* of fields: what JSON has */

#define PH_CLI_REQUIRED 0x01u
#define PH_CLI_WORD 0x02u   /* a word of the command line; otherwise a flag, --name */
#define PH_CLI_SECRET 0x04u /* a text, read from standard input; never logged */

/* What a parameter names: who is less than admin may only name what is his. */
#define PH_CLI_NAMES_NOTHING 0
#define PH_CLI_NAMES_ACCOUNT 1 /* one that is left out by the owner of an account is his own */
#define PH_CLI_NAMES_DOMAIN 2
#define PH_CLI_NAMES_ADDRESS 3

typedef struct ph_cli_param {
  uint32_t size;
  int32_t type;   /* PH_CLI_TEXT ... */
  uint32_t flags; /* PH_CLI_REQUIRED ... */
  int32_t names;  /* PH_CLI_NAMES_... */
  ph_str name;    /* a-z, 0-9 and "_"; "max_age" is the flag --max-age */
  ph_str help;    /* one sentence */
  const ph_str* allowed;
  size_t allowed_count; /* 0: any */
} ph_cli_param;

typedef struct ph_cli_field {
  uint32_t size;
  int32_t type;
  ph_str name;
  ph_str help;
} ph_cli_field;

#define PH_CLI_CHANGES 0x01u /* it changes something: goes to the audit log */
#define PH_CLI_OFFLINE 0x02u
#define PH_CLI_MANY 0x04u /* answers {"items": [...]}, each with the fields: a table */
#define PH_CLI_JSON 0x08u /* for programs: the command line prints the JSON itself, on one line */

typedef struct ph_cli_command {
  uint32_t size;
  int32_t role;         /* PH_CLI_ACCOUNT ...: the least */
  uint32_t flags;       /* PH_CLI_CHANGES ... */
  uint32_t deadline_ms; /* 0: 30 s; at most 100 s */
  ph_str words;         /* one to four of a-z, 0-9 and "-", with a blank between: "dkim status" */
  ph_str help;          /* one sentence */
  const ph_cli_param* params;
  size_t param_count;
  const ph_cli_field* fields; /* what it answers, in the order of its table; none: as it comes */
  size_t field_count;
  void* self;
  /* Answers with answer(), or fails; say why with explain(). [worker]; `call` lives until return; since 1.0 */
  ph_status (*run)(void* self, ph_cli_call* call);
} ph_cli_command; /* copied, strings too; `self` must live until stop, offline until destroy */

typedef struct ph_cli_caller {
  uint32_t size;
  int32_t role;    /* PH_CLI_ACCOUNT ... */
  int32_t offline; /* 1: no server, this is the process of the command line */
  uint32_t reserved;
  ph_str name;      /* as in the audit log */
  ph_str face;      /* "socket", "token", "session", "offline" */
  ph_str account;   /* of the owner of an account */
  ph_str remote_ip; /* empty: this machine */
} ph_cli_caller;    /* strings live as long as the call */

typedef struct ph_cli {
  uint32_t size;
  uint32_t reserved;

  /* Registers a command until the plugin stops. [control-thread] in create or start, those that run offline in create;
   * PH_E_INVALID: it breaks a rule of this header, or the manifest does not list it; PH_E_CONFLICT: somebody has these
   * words, or words that begin alike; PH_E_DENIED: start is over. The log says why; since 1.0 */
  ph_status (*command_add)(const ph_host* host, const ph_cli_command* command);

  /* --- in a handler: [worker]; since 1.0 ------------------------------------------------------------------------- */

  void (*caller)(const ph_cli_call* call, ph_cli_caller* out);
  /* 1: the caller may see and change this account, domain or address (PH_CLI_NAMES_...). */
  int32_t (*may)(const ph_cli_call* call, int32_t names, ph_str what);
  /* Arguments, checked against the description. PH_E_NOT_FOUND: it was left out; PH_E_INVALID: no such parameter, or it
   * is of another type. Strings live as long as the call. */
  ph_status (*text)(const ph_cli_call* call, ph_str name, ph_str* out);     /* files too */
  ph_status (*integer)(const ph_cli_call* call, ph_str name, int64_t* out); /* bools and times too */
  ph_status (*list_size)(const ph_cli_call* call, ph_str name, size_t* out);
  ph_status (*list_item)(const ph_cli_call* call, ph_str name, size_t index, ph_str* out);

  /* What the command answers: a JSON object. The last one counts. PH_E_INVALID: it is none, or {"items": [...]} is
   * missing where it must be; PH_E_LIMIT: longer than 16 MiB. */
  ph_status (*answer)(ph_cli_call* call, ph_str json);
  /* One sentence for people, for a run() that fails. */
  void (*explain)(ph_cli_call* call, ph_str text);
  /* 1: nobody waits for the answer any more. */
  int32_t (*cancelled)(const ph_cli_call* call);
} ph_cli;

#ifdef __cplusplus
}
#endif
#endif
