/* What lies under the store: whether it is a disk at all, and how often a second it can be synced. */
#define _GNU_SOURCE
#include "CBench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGES = 1000 }; /* as many as SQLite lets its journal grow before it begins again at the front */

int bench_is_memory_filesystem(const char *path) {
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    return status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
}

static bool sync_page(int file, off_t offset) {
    static const char page[PAGE_BYTES];
    return pwrite(file, page, sizeof page, offset) == sizeof page && fdatasync(file) == 0;
}

double bench_sync_rate(const char *file_path, bool overwrites, uint64_t nanoseconds) {
    int file = open(file_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    bool works = true;
    if (overwrites) {
        static const char pages[PAGES * PAGE_BYTES];
        works = write(file, pages, sizeof pages) == sizeof pages && fsync(file) == 0;
    }
    uint64_t start = bench_now(), now = start, calls = 0;
    for (; works && now - start < nanoseconds && !bench_interrupted(); now = bench_now(), calls++) {
        works = sync_page(file, (off_t)(overwrites ? calls % PAGES : calls) * PAGE_BYTES);
    }
    int reason = errno;
    close(file);
    unlink(file_path);
    errno = reason;
    return works ? (double)calls * 1e9 / (double)(now - start) : -1;
}
