/* SQLite as the system ships it. */
#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast of -1 to a function pointer, which Swift cannot import: SQLite copies what is bound with it. */
static inline sqlite3_destructor_type sluice_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/* SQLITE_STATIC: what is bound stays valid until the statement is reset, so that SQLite need not copy it. */
static inline sqlite3_destructor_type sluice_sqlite_static(void) { return SQLITE_STATIC; }

/* sqlite3_db_config is variadic, which Swift cannot call. Defensive mode keeps SQL from corrupting the file on purpose. */
static inline int sluice_sqlite_set_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
