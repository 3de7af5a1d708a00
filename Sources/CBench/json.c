#include "json.h"

#include <stdio.h>

struct text {
    char *at, *end;
};

enum { MOST_DEPTH = 16 };

static bool put_text(struct text *text, const char *bytes, size_t size) {
    if ((size_t)(text->end - text->at) <= size) return false;
    memcpy(text->at, bytes, size);
    text->at += size;
    *text->at = 0;
    return true;
}

static bool put_character(struct text *text, char character) { return put_text(text, &character, 1); }

static bool put_quoted(struct text *text, const char *bytes, size_t size) {
    if (!put_character(text, '"')) return false;
    for (size_t index = 0; index < size; index++) {
        char escape[8];
        bool is_plain = (unsigned char)bytes[index] >= 0x20 && bytes[index] != '"' && bytes[index] != '\\';
        if (is_plain && !put_character(text, bytes[index])) return false;
        if (is_plain) continue;
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)bytes[index]);
        if (!put_text(text, escape, strlen(escape))) return false;
    }
    return put_character(text, '"');
}

static bool put_value(struct reader *reader, struct text *text, int depth);

static bool put_entries(struct reader *reader, struct text *text, uint64_t entries, bool is_map, int depth) {
    if (depth == 0 || !put_character(text, is_map ? '{' : '[')) return false;
    for (uint64_t entry = 0; entry < entries; entry++) {
        if (entry > 0 && !put_character(text, ',')) return false;
        if (is_map && !(put_value(reader, text, 1) && put_character(text, ':'))) return false;
        if (!put_value(reader, text, depth - 1)) return false;
    }
    return put_character(text, is_map ? '}' : ']');
}

static bool put_integer(struct text *text, const char *sign, uint64_t value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%s%llu", sign, (unsigned long long)value);
    return put_text(text, digits, strlen(digits));
}

/* The signed forms: a negative fixint, or tags 0xd0 to 0xd3. */
static bool put_signed(struct reader *reader, struct text *text, uint8_t tag) {
    uint64_t value = 0;
    reader->at++;
    int bytes = tag >= 0xe0 ? 0 : 1 << (tag - 0xd0);
    if (!take_big_endian(reader, bytes, &value)) return false;
    int64_t number = tag >= 0xe0 ? (int8_t)tag : (int64_t)(value << (64 - 8 * bytes)) >> (64 - 8 * bytes);
    return put_integer(text, number < 0 ? "-" : "", number < 0 ? (uint64_t)-number : (uint64_t)number);
}

static bool put_value(struct reader *reader, struct text *text, int depth) {
    uint64_t value;
    const char *bytes;
    size_t size;
    if (reader->at == reader->end) return false;
    uint8_t tag = *reader->at;
    if (take_unsigned(reader, &value)) return put_integer(text, "", value);
    if (take_string(reader, &bytes, &size)) return put_quoted(text, bytes, size);
    if (take_map(reader, &value)) return put_entries(reader, text, value, true, depth);
    if (take_list(reader, &value)) return put_entries(reader, text, value, false, depth);
    if (take_exactly(reader, 0xc0)) return put_text(text, "null", 4);
    if (take_exactly(reader, 0xc2)) return put_text(text, "false", 5);
    if (take_exactly(reader, 0xc3)) return put_text(text, "true", 4);
    return (tag >= 0xe0 || (tag >= 0xd0 && tag <= 0xd3)) && put_signed(reader, text, tag);
}

bool json_of(struct reader *reader, char *json, size_t size) {
    struct text text = {json, json + size};
    return put_value(reader, &text, MOST_DEPTH);
}
