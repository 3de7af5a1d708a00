/* As much of MessagePack as the benchmark speaks. It is its own, not Sluice's, so that a mistake in Sluice's codec cannot hide from it. */
#ifndef SLUICE_BENCH_MSGPACK_H
#define SLUICE_BENCH_MSGPACK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Writers append at `at` and answer the new end; the caller has made room. All write the shortest form. */
static inline uint8_t *put_big_endian(uint8_t *at, uint64_t value, int bytes) {
    for (int index = 0; index < bytes; index++) at[index] = (uint8_t)(value >> (8 * (bytes - 1 - index)));
    return at + bytes;
}

static inline uint8_t *put_unsigned(uint8_t *at, uint64_t value) {
    if (value < 0x80) return put_big_endian(at, value, 1);
    int bytes = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
    *at++ = bytes == 1 ? 0xcc : bytes == 2 ? 0xcd : bytes == 4 ? 0xce : 0xcf;
    return put_big_endian(at, value, bytes);
}

static inline uint8_t *put_map(uint8_t *at, uint8_t entries) { return put_big_endian(at, 0x80 | entries, 1); }
/* A map of up to 65,535 entries. */
static inline uint8_t *put_wide_map(uint8_t *at, uint32_t entries) {
    if (entries < 16) return put_map(at, (uint8_t)entries);
    return put_big_endian(put_big_endian(at, 0xde, 1), entries, 2);
}
static inline uint8_t *put_list(uint8_t *at, uint8_t elements) { return put_big_endian(at, 0x90 | elements, 1); }
static inline uint8_t *put_true(uint8_t *at) { return put_big_endian(at, 0xc3, 1); }

static inline uint8_t *put_string_header(uint8_t *at, size_t size) {
    if (size < 32) return put_big_endian(at, 0xa0 | size, 1);
    int bytes = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
    *at++ = bytes == 1 ? 0xd9 : bytes == 2 ? 0xda : 0xdb;
    return put_big_endian(at, size, bytes);
}

static inline uint8_t *put_bytes(uint8_t *at, const char *text, size_t size) {
    at = put_string_header(at, size);
    memcpy(at, text, size);
    return at + size;
}

static inline uint8_t *put_string(uint8_t *at, const char *text) { return put_bytes(at, text, strlen(text)); }

/* Readers take from `at` and answer false when what stands there is something else, or not there. */
struct reader {
    const uint8_t *at, *end;
};

static inline bool take_big_endian(struct reader *reader, int bytes, uint64_t *value) {
    if (reader->end - reader->at < bytes) return false;
    *value = 0;
    for (int index = 0; index < bytes; index++) *value = *value << 8 | reader->at[index];
    reader->at += bytes;
    return true;
}

static inline bool take_unsigned(struct reader *reader, uint64_t *value) {
    if (reader->at == reader->end) return false;
    uint8_t tag = *reader->at;
    if (tag > 0x7f && (tag < 0xcc || tag > 0xcf)) return false;
    reader->at++;
    if (tag <= 0x7f) return *value = tag, true;
    return take_big_endian(reader, 1 << (tag - 0xcc), value);
}

static inline bool take_exactly(struct reader *reader, uint8_t byte) {
    if (reader->at == reader->end || *reader->at != byte) return false;
    reader->at++;
    return true;
}

/* The header of a map (fix 0x80, wide 0xde) or of a list (fix 0x90, wide 0xdc): how many entries follow. */
static inline bool take_container(struct reader *reader, uint8_t fix, uint8_t wide, uint64_t *entries) {
    if (reader->at == reader->end) return false;
    uint8_t tag = *reader->at;
    bool is_fix = (tag & 0xf0) == fix;
    if (!is_fix && tag != wide && tag != wide + 1) return false;
    reader->at++;
    if (is_fix) return *entries = tag & 0x0f, true;
    return take_big_endian(reader, tag == wide ? 2 : 4, entries);
}

static inline bool take_map(struct reader *reader, uint64_t *entries) { return take_container(reader, 0x80, 0xde, entries); }
static inline bool take_list(struct reader *reader, uint64_t *elements) { return take_container(reader, 0x90, 0xdc, elements); }

static inline bool take_string(struct reader *reader, const char **text, size_t *size) {
    if (reader->at == reader->end) return false;
    uint8_t tag = *reader->at;
    uint64_t length = tag & 0x1f;
    if ((tag & 0xe0) == 0xa0) {
        reader->at++;
    } else if (tag >= 0xd9 && tag <= 0xdb) {
        reader->at++;
        if (!take_big_endian(reader, 1 << (tag - 0xd9), &length)) return false;
    } else {
        return false;
    }
    if ((uint64_t)(reader->end - reader->at) < length) return false;
    *text = (const char *)reader->at;
    *size = length;
    reader->at += length;
    return true;
}

static inline bool skip_bytes(struct reader *reader, uint64_t count) {
    if ((uint64_t)(reader->end - reader->at) < count) return false;
    reader->at += count;
    return true;
}

/* Tags 0xc0 to 0xdf: how many bytes tell a length, and how many follow beside it. */
static const struct { uint8_t length_bytes, fixed; } tag_layout[32] = {
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 0}, {2, 0}, {4, 0}, {1, 1}, {2, 1}, {4, 1}, {0, 4}, {0, 8}, {0, 1}, {0, 2}, {0, 4}, {0, 8},
    {0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 2}, {0, 3}, {0, 5}, {0, 9}, {0, 17}, {1, 0}, {2, 0}, {4, 0}, {2, 0}, {4, 0}, {2, 0}, {4, 0},
};

/* Steps over one value, whatever it is: for keys that the benchmark does not know. It ends because every value takes at least a byte. */
static inline bool skip_value(struct reader *reader) {
    for (uint64_t values = 1; values > 0; values--) {
        if (reader->at == reader->end) return false;
        uint8_t tag = *reader->at++;
        if (tag < 0x80 || tag >= 0xe0) continue;
        if (tag < 0x90) {
            values += 2 * (tag & 0x0f);
        } else if (tag < 0xa0) {
            values += tag & 0x0f;
        } else if (tag < 0xc0) {
            if (!skip_bytes(reader, tag & 0x1f)) return false;
        } else {
            uint64_t length = 0;
            if (tag == 0xc1 || !take_big_endian(reader, tag_layout[tag - 0xc0].length_bytes, &length)) return false;
            if (tag >= 0xdc) {
                values += tag >= 0xde ? 2 * length : length;
            } else if (!skip_bytes(reader, length + tag_layout[tag - 0xc0].fixed)) {
                return false;
            }
        }
    }
    return true;
}

#endif
