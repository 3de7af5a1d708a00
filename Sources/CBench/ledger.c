#define _GNU_SOURCE
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Writes of one record that may be under way or acknowledged out of order, and those kept that failed or may yet show. */
enum { WINDOW = 256, MARKED_VERSIONS = 8 };
/* The newest versions of one kind, `count` of them in all; what has fallen out is below `forgotten`. */
struct marked {
    uint32_t versions[MARKED_VERSIONS];
    uint32_t count, forgotten;
};
enum life { LIFE_NONE, LIFE_SENT, LIFE_PRESENT };

struct entry {
    atomic_uint lock;
    atomic_uint life;
    atomic_uint sent;                      /* the highest version given out */
    uint32_t settled;                      /* all versions up to this one have ended */
    atomic_uint floors[BENCH_MAX_FIELDS];  /* as in ledger_view; they only rise */
    uint64_t ended[WINDOW / 64];           /* those after `settled` that have ended, by version mod WINDOW */
    struct marked unknown, failed;
};

struct page {
    uint64_t capacity;
    uint32_t fields;
    atomic_ullong begun, newest, present, possible, answered, blurred;
    atomic_uint marks;
    atomic_ullong marked_at[BENCH_MARKS], first_success[BENCH_MARKS];
    struct entry entries[];
};

struct bench_ledger {
    int descriptor;
    size_t size;
    struct page *page;
};

static struct bench_ledger *map(int descriptor, size_t size) {
    void *page = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    if (page == MAP_FAILED) return close(descriptor), (struct bench_ledger *)0;
    struct bench_ledger *ledger = malloc(sizeof *ledger);
    if (!ledger) abort();
    *ledger = (struct bench_ledger){descriptor, size, page};
    return ledger;
}

struct bench_ledger *bench_ledger_create(uint64_t capacity, uint32_t fields) {
    size_t size = sizeof(struct page) + capacity * sizeof(struct entry);
    int descriptor = memfd_create("sluice-stress-ledger", MFD_CLOEXEC);
    if (descriptor < 0) return 0;
    if (ftruncate(descriptor, (off_t)size) != 0) return close(descriptor), (struct bench_ledger *)0;
    struct bench_ledger *ledger = map(descriptor, size);
    if (!ledger) return 0;
    ledger->page->capacity = capacity;
    ledger->page->fields = fields;
    return ledger;
}

int bench_ledger_descriptor(const struct bench_ledger *ledger) { return ledger->descriptor; }

struct bench_ledger *bench_ledger_open(const char *path) {
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return 0;
    off_t size = lseek(descriptor, 0, SEEK_END);
    if (size < (off_t)sizeof(struct page)) return close(descriptor), errno = EINVAL, (struct bench_ledger *)0;
    return map(descriptor, (size_t)size);
}

void bench_ledger_close(struct bench_ledger *ledger) {
    munmap(ledger->page, ledger->size);
    close(ledger->descriptor);
    free(ledger);
}

static struct entry *lock(struct bench_ledger *ledger, uint64_t number) {
    struct entry *entry = &ledger->page->entries[number];
    while (atomic_exchange_explicit(&entry->lock, 1, memory_order_acquire) != 0) sched_yield();
    return entry;
}

static void unlock(struct entry *entry) { atomic_store_explicit(&entry->lock, 0, memory_order_release); }

uint64_t ledger_capacity(const struct bench_ledger *ledger) { return ledger->page->capacity; }
uint64_t ledger_newest(const struct bench_ledger *ledger) { return atomic_load(&ledger->page->newest); }

uint64_t ledger_begun(const struct bench_ledger *ledger) {
    uint64_t begun = atomic_load(&ledger->page->begun);
    return begun < ledger->page->capacity ? begun : ledger->page->capacity;
}

uint64_t ledger_begin_insert(struct bench_ledger *ledger) {
    uint64_t number = atomic_fetch_add(&ledger->page->begun, 1);
    if (number >= ledger->page->capacity) return UINT64_MAX;
    atomic_store(&ledger->page->entries[number].life, LIFE_SENT);
    atomic_fetch_add(&ledger->page->possible, 1);
    return number;
}

void ledger_end_insert(struct bench_ledger *ledger, uint64_t number, enum ledger_outcome outcome) {
    struct page *page = ledger->page;
    if (outcome == LEDGER_UNKNOWN) return;
    atomic_fetch_sub(&page->possible, 1);
    atomic_store(&page->entries[number].life, outcome == LEDGER_APPLIED ? LIFE_PRESENT : LIFE_NONE);
    if (outcome == LEDGER_FAILED) return;
    atomic_fetch_add(&page->present, 1);
    unsigned long long newest = atomic_load(&page->newest);
    while (newest <= number && !atomic_compare_exchange_weak(&page->newest, &newest, number + 1)) {}
}

bool ledger_is_present(const struct bench_ledger *ledger, uint64_t number) {
    return number < ledger->page->capacity && atomic_load(&ledger->page->entries[number].life) == LIFE_PRESENT;
}

bool ledger_is_possible(const struct bench_ledger *ledger, uint64_t number) {
    return number < ledger->page->capacity && atomic_load(&ledger->page->entries[number].life) != LIFE_NONE;
}

void bench_ledger_count(const struct bench_ledger *ledger, uint64_t *present, uint64_t *possible) {
    *present = atomic_load(&ledger->page->present);
    *possible = atomic_load(&ledger->page->possible);
}

bool ledger_begin_update(struct bench_ledger *ledger, uint64_t number, uint32_t *version, uint32_t *settled) {
    struct entry *entry = lock(ledger, number);
    uint32_t sent = atomic_load(&entry->sent);
    bool has_room = sent - entry->settled < WINDOW;
    *version = sent + 1;
    *settled = entry->settled;
    if (has_room) atomic_store(&entry->sent, sent + 1);
    unlock(entry);
    return has_room;
}

static void keep(struct marked *marked, uint32_t version) {
    uint32_t *slot = &marked->versions[marked->count++ % MARKED_VERSIONS];
    if (*slot > 0 && marked->forgotten <= *slot) marked->forgotten = *slot + 1;
    *slot = version;
}

static bool holds(const struct marked *marked, uint32_t version) {
    for (uint32_t index = 0; index < marked->count && index < MARKED_VERSIONS; index++) {
        if (marked->versions[index] == version) return true;
    }
    return false;
}

/* All versions up to `settled` had ended when this write began, so this one, acknowledged now, has overwritten those of its field. */
static void raise_floor(struct entry *entry, uint32_t version, uint32_t settled, uint32_t fields) {
    uint32_t lowest = version - (version - settled - 1) / fields * fields;
    uint32_t field = ledger_field(version, fields);
    if (atomic_load(&entry->floors[field]) < lowest) atomic_store(&entry->floors[field], lowest);
}

void ledger_end_update(struct bench_ledger *ledger, uint64_t number, uint32_t version, uint32_t settled, enum ledger_outcome outcome) {
    struct entry *entry = lock(ledger, number);
    if (outcome == LEDGER_APPLIED) raise_floor(entry, version, settled, ledger->page->fields);
    if (outcome == LEDGER_FAILED) keep(&entry->failed, version);
    if (outcome == LEDGER_UNKNOWN) {
        if (entry->unknown.count == MARKED_VERSIONS) atomic_fetch_add(&ledger->page->blurred, 1);
        keep(&entry->unknown, version);
    }
    uint32_t slot = version % WINDOW;
    entry->ended[slot / 64] |= 1ull << slot % 64;
    for (slot = (entry->settled + 1) % WINDOW; entry->ended[slot / 64] >> slot % 64 & 1; slot = (slot + 1) % WINDOW) {
        entry->ended[slot / 64] &= ~(1ull << slot % 64);
        entry->settled++;
    }
    unlock(entry);
}

void ledger_look(const struct bench_ledger *ledger, uint64_t number, struct ledger_view *view) {
    if (number >= ledger->page->capacity) {
        *view = (struct ledger_view){0};
        return;
    }
    struct entry *entry = &ledger->page->entries[number];
    view->must_exist = atomic_load(&entry->life) == LIFE_PRESENT;
    for (uint32_t field = 0; field < ledger->page->fields; field++) view->floors[field] = atomic_load(&entry->floors[field]);
}

bool ledger_allows(struct bench_ledger *ledger, uint64_t number, uint32_t field, uint32_t version, const struct ledger_view *view) {
    if (number >= ledger->page->capacity || !ledger_is_possible(ledger, number)) return false;
    if (version > 0 && ledger_field(version, ledger->page->fields) != field) return false;
    struct entry *entry = lock(ledger, number);
    bool is_sent = version <= atomic_load(&entry->sent), has_failed = holds(&entry->failed, version);
    /* Of the unknown outcomes that were forgotten only the highest is known, so that all versions up to it may show. */
    bool is_current = version >= view->floors[field] || version < entry->unknown.forgotten || holds(&entry->unknown, version);
    unlock(entry);
    return is_sent && is_current && !has_failed;
}

uint64_t bench_ledger_blurred(const struct bench_ledger *ledger) { return atomic_load(&ledger->page->blurred); }

uint64_t bench_ledger_answered(const struct bench_ledger *ledger) { return atomic_load(&ledger->page->answered); }

void ledger_note_answers(struct bench_ledger *ledger, uint64_t answers) { atomic_fetch_add(&ledger->page->answered, answers); }

uint32_t bench_ledger_mark(struct bench_ledger *ledger) {
    uint32_t mark = atomic_load(&ledger->page->marks);
    if (mark == BENCH_MARKS) return mark;
    atomic_store(&ledger->page->marked_at[mark], bench_now());
    atomic_store(&ledger->page->marks, mark + 1);
    return mark;
}

void ledger_note_success(struct bench_ledger *ledger, uint64_t started, uint64_t now) {
    struct page *page = ledger->page;
    /* The newest first: what succeeds after one has succeeded after those before it, whose next act may have come too soon. */
    for (uint32_t mark = atomic_load_explicit(&page->marks, memory_order_relaxed); mark-- > 0;) {
        if (atomic_load_explicit(&page->first_success[mark], memory_order_relaxed) != 0) return;
        if (started < atomic_load(&page->marked_at[mark])) continue;
        unsigned long long none = 0;
        atomic_compare_exchange_strong(&page->first_success[mark], &none, now);
    }
}

uint64_t bench_ledger_first_success(const struct bench_ledger *ledger, uint32_t mark) {
    return mark < BENCH_MARKS ? atomic_load(&ledger->page->first_success[mark]) : 0;
}
