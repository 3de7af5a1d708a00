#include "keys.h"

#include <math.h>

#define THETA 0.99
/* What YCSB scrambles: a zipfian choice out of ten thousand million items, whose zeta it has computed beforehand. */
#define SCRAMBLED_ITEMS 10000000000.0
#define SCRAMBLED_ZETA 26.46902820178302

/* "Quickly Generating Billion-Record Synthetic Databases", Gray et al., SIGMOD 1994. */
struct keys keys_of(enum bench_keys kind, uint64_t records) {
    struct keys keys = {.kind = kind, .records = records, .items = SCRAMBLED_ITEMS, .zeta = SCRAMBLED_ZETA};
    if (kind == BENCH_UNIFORM) return keys;
    if (kind == BENCH_LATEST) {
        keys.items = (double)records;
        keys.zeta = 0;
        for (uint64_t item = 1; item <= records; item++) keys.zeta += pow((double)item, -THETA);
    }
    double zeta_of_two = 1 + pow(2, -THETA);
    keys.eta = (1 - pow(2 / keys.items, 1 - THETA)) / (1 - zeta_of_two / keys.zeta);
    return keys;
}

static uint64_t zipfian(const struct keys *keys, struct random *random) {
    double share = random_share(random), weight = share * keys->zeta;
    if (weight < 1) return 0;
    if (weight < 1 + pow(0.5, THETA)) return 1;
    return (uint64_t)(keys->items * pow(keys->eta * share - keys->eta + 1, 1 / (1 - THETA)));
}

/* FNV-1a over the eight bytes, so that the records asked for most often do not lie side by side. */
static uint64_t scrambled(uint64_t item) {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (int byte = 0; byte < 8; byte++, item >>= 8) hash = (hash ^ (item & 0xff)) * 0x100000001b3ull;
    return hash;
}

uint64_t keys_choose(const struct keys *keys, struct random *random, uint64_t newest) {
    if (keys->kind == BENCH_UNIFORM) return random_below(random, keys->records);
    uint64_t item = zipfian(keys, random);
    if (keys->kind == BENCH_ZIPFIAN) return scrambled(item) % keys->records;
    return item < newest ? newest - 1 - item : 0;
}
