/* What a record may show. A write has a version, given out when it begins; version v of 1 and more is about field (v - 1) mod fields, and
   version 0 is the insert of all fields. Three rules follow for a read of one field:
   - a version that was overwritten for certain before the read began is wrong: some write of the same field began after that version was
     acknowledged, and was acknowledged itself before the read began;
   - a version that nobody had sent when the read ended is wrong, and so is one whose write is known to have failed;
   - a write with an unknown outcome may show at any time, or never. */
#ifndef SLUICE_BENCH_LEDGER_H
#define SLUICE_BENCH_LEDGER_H

#include "CBench.h"

/* What was certain when a request began. */
struct ledger_view {
    uint32_t floors[BENCH_MAX_FIELDS]; /* of each field: the lowest version that a read may show */
    bool must_exist;
};

enum ledger_outcome { LEDGER_APPLIED, LEDGER_FAILED, LEDGER_UNKNOWN };

/* The next record to insert, UINT64_MAX when the ledger is full. */
uint64_t ledger_begin_insert(struct bench_ledger *ledger);
void ledger_end_insert(struct bench_ledger *ledger, uint64_t number, enum ledger_outcome outcome);
/* The highest record that was acknowledged, and one more. */
uint64_t ledger_newest(const struct bench_ledger *ledger);
uint64_t ledger_capacity(const struct bench_ledger *ledger);
/* The highest record that anybody has begun to insert, and one more. */
uint64_t ledger_begun(const struct bench_ledger *ledger);
bool ledger_is_present(const struct bench_ledger *ledger, uint64_t number);
bool ledger_is_possible(const struct bench_ledger *ledger, uint64_t number);

/* Gives out a version; `settled` goes back to ledger_end_update. False when too many writes of this record are under way: take another. */
bool ledger_begin_update(struct bench_ledger *ledger, uint64_t number, uint32_t *version, uint32_t *settled);
void ledger_end_update(struct bench_ledger *ledger, uint64_t number, uint32_t version, uint32_t settled, enum ledger_outcome outcome);
static inline uint32_t ledger_field(uint32_t version, uint32_t fields) { return (version - 1) % fields; }

void ledger_look(const struct bench_ledger *ledger, uint64_t number, struct ledger_view *view);
bool ledger_allows(struct bench_ledger *ledger, uint64_t number, uint32_t field, uint32_t version, const struct ledger_view *view);

/* Notes `answers` requests; a success of one that began at `started` answers the latest mark. */
void ledger_note_answers(struct bench_ledger *ledger, uint64_t answers);
void ledger_note_success(struct bench_ledger *ledger, uint64_t started, uint64_t now);

#endif
