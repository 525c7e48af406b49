/* A disk that fails: the n-th call that changes or syncs a hall's file gives an error, comes short, or is interrupted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>

enum { NOTHING, IO_ERROR, NO_SPACE, SHORT, INTERRUPTED, SYNC_ERROR };

static long fail_at, seen;
static int kind, is_sticky;

void fault_arm(long at, int what, int sticky) { fail_at = at; kind = what; is_sticky = sticky; seen = 0; }
long fault_calls(void) { return seen; }

static int is_of_hall(int handle) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, "hall.db") != 0 && strstr(path, "-shm") == 0;
}

static int fails(int handle, int is_sync) {
    if (kind == NOTHING || (kind == SYNC_ERROR && !is_sync) || !is_of_hall(handle)) return 0;
    seen++;
    return is_sticky ? seen >= fail_at : seen == fail_at;
}

static int no(void) {
    errno = kind == NO_SPACE ? ENOSPC : kind == INTERRUPTED ? EINTR : EIO;
    return -1;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

static ssize_t put(const char *name, int handle, const void *data, size_t size, off_t at) {
    if (fails(handle, 0)) {
        if (kind != SHORT) return no();
        if (size > 1) size /= 2;
    }
    return REAL(ssize_t, name, int, const void *, size_t, off_t)(handle, data, size, at);
}

ssize_t pwrite64(int handle, const void *data, size_t size, off_t at) { return put("pwrite64", handle, data, size, at); }
ssize_t pwrite(int handle, const void *data, size_t size, off_t at) { return put("pwrite", handle, data, size, at); }

ssize_t write(int handle, const void *data, size_t size) {
    if (fails(handle, 0)) {
        if (kind != SHORT) return no();
        if (size > 1) size /= 2;
    }
    return REAL(ssize_t, "write", int, const void *, size_t)(handle, data, size);
}

#define SYNC(name) int name(int handle) { \
    if (fails(handle, 1) && kind != SHORT) return no(); \
    return REAL(int, #name, int)(handle); }
SYNC(fsync)
SYNC(fdatasync)

#define CUT(name) int name(int handle, off_t size) { \
    if (fails(handle, 0) && kind != SHORT) return no(); \
    return REAL(int, #name, int, off_t)(handle, size); }
CUT(ftruncate)
CUT(ftruncate64)
