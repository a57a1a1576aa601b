/* Version of the contract. The major number is part of the entry symbol (ph_plugin_v1); the minor one only rises. */
#ifndef PH_VERSION_H
#define PH_VERSION_H
#define PH_ABI_MAJOR 1
#define PH_ABI_MINOR 0
#endif
