/* A disk that fails: the n-th call that changes or syncs a hall's file gives an error, comes short, or is interrupted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>

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

/* A recorder, for systems where tracing is forbidden. With FAULT_RECORD, every change below FAULT_FOLDER
   and every line appended to FAULT_SAID is written down in the order in which it happened, one header line and its
   bytes at a time: kind, offset, and the lengths of path, other path and data. A call that changes files in a way that
   is not written down here is recorded as itself, and whoever reads the list refuses it. */

static int notes = -1;
static char folder[4096], said[4096];
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *to = getenv("FAULT_RECORD"), *below = getenv("FAULT_FOLDER"), *words = getenv("FAULT_SAID");
    if (!to || !below || !words) return;
    snprintf(folder, sizeof folder, "%s", below);
    snprintf(said, sizeof said, "%s", words);
    notes = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (notes < 0) abort();
}

static void out(const void *data, size_t size) {
    while (size) {
        long done = syscall(SYS_write, notes, data, size);
        if (done <= 0) abort();
        data = (const char *)data + done;
        size -= (size_t)done;
    }
}

/* The folder itself is inside, for its syncs. */
static int is_inside(const char *path) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static void note(const char *kind, const char *path, const char *other, long long offset, const void *data, size_t size) {
    char head[256];
    int length = snprintf(head, sizeof head, "%s %lld %zu %zu %zu\n", kind, offset, strlen(path), strlen(other), size);
    out(head, (size_t)length);
    out(path, strlen(path));
    out(other, strlen(other));
    out(data, size);
}

static int path_of(int handle, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, 4095);
    if (length <= 0) return 0;
    path[length] = 0;
    return 1;
}

static void name_of(int at, const char *name, char *path) {
    char base[4096] = "";
    if (name[0] != '/' && at != AT_FDCWD && path_of(at, base)) strncat(base, "/", sizeof base - strlen(base) - 1);
    snprintf(path, 4096, "%.2000s%.2000s", base, name);
}

/* A call on an open file; the line that was said is told from other changes by its path. */
static void note_handle(const char *kind, int handle, long long offset, const void *data, size_t size) {
    char path[4096];
    if (!path_of(handle, path)) return;
    if (strcmp(path, said) == 0) {
        if (strcmp(kind, "write") == 0) note("say", "", "", 0, data, size);
    } else if (is_inside(path)) note(kind, path, "", offset, data, size);
}

#define RECORDED(call, notes_it) do { \
    if (notes < 0) return call; \
    pthread_mutex_lock(&one_at_a_time); \
    __typeof__(call) result = call; \
    int kept = errno; \
    if (result >= 0) { notes_it; } \
    pthread_mutex_unlock(&one_at_a_time); \
    errno = kept; \
    return result; } while (0)

static ssize_t put(const char *name, int handle, const void *data, size_t size, off_t at) {
    if (fails(handle, 0)) {
        if (kind != SHORT) return no();
        if (size > 1) size /= 2;
    }
    RECORDED(REAL(ssize_t, name, int, const void *, size_t, off_t)(handle, data, size, at),
             note_handle("write", handle, at, data, (size_t)result));
}

ssize_t pwrite64(int handle, const void *data, size_t size, off_t at) { return put("pwrite64", handle, data, size, at); }
ssize_t pwrite(int handle, const void *data, size_t size, off_t at) { return put("pwrite", handle, data, size, at); }

ssize_t write(int handle, const void *data, size_t size) {
    if (fails(handle, 0)) {
        if (kind != SHORT) return no();
        if (size > 1) size /= 2;
    }
    RECORDED(REAL(ssize_t, "write", int, const void *, size_t)(handle, data, size),
             note_handle("write", handle, -1, data, (size_t)result));
}

#define SYNC(name) int name(int handle) { \
    if (fails(handle, 1) && kind != SHORT) return no(); \
    RECORDED(REAL(int, #name, int)(handle), note_handle("sync", handle, 0, "", 0)); }
SYNC(fsync)
SYNC(fdatasync)

#define CUT(name) int name(int handle, off_t size) { \
    if (fails(handle, 0) && kind != SHORT) return no(); \
    RECORDED(REAL(int, #name, int, off_t)(handle, size), note_handle("truncate", handle, size, "", 0)); }
CUT(ftruncate)
CUT(ftruncate64)

static void note_open(int handle, int flags) {
    if (flags & (O_CREAT | O_TRUNC)) note_handle("create", handle, 0, "", 0);
    if (flags & O_TRUNC) note_handle("truncate", handle, 0, "", 0);
}

static mode_t mode_in(int flags, va_list more) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; }

#define OPEN(name) int name(const char *path, int flags, ...) { \
    va_list more; va_start(more, flags); mode_t mode = mode_in(flags, more); va_end(more); \
    RECORDED(REAL(int, #name, const char *, int, ...)(path, flags, mode), note_open(result, flags)); }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name) int name(int at, const char *path, int flags, ...) { \
    va_list more; va_start(more, flags); mode_t mode = mode_in(flags, more); va_end(more); \
    RECORDED(REAL(int, #name, int, const char *, int, ...)(at, path, flags, mode), note_open(result, flags)); }
OPEN_AT(openat)
OPEN_AT(openat64)

#define CREATE(name) int name(const char *path, mode_t mode) { \
    RECORDED(REAL(int, #name, const char *, mode_t)(path, mode), note_open(result, O_CREAT | O_TRUNC)); }
CREATE(creat)
CREATE(creat64)

static void note_names(const char *kind, int at, const char *from, int to_at, const char *to) {
    char source[4096], target[4096];
    name_of(at, from, source);
    name_of(to_at, to, target);
    if (is_inside(source) || is_inside(target)) note(kind, source, target, 0, "", 0);
}

static void note_name(const char *kind, int at, const char *name) {
    char path[4096];
    name_of(at, name, path);
    if (is_inside(path)) note(kind, path, "", 0, "", 0);
}

#define TWO_NAMES(name) int name(const char *from, const char *to) { \
    RECORDED(REAL(int, #name, const char *, const char *)(from, to), note_names(#name, AT_FDCWD, from, AT_FDCWD, to)); }
TWO_NAMES(rename)
TWO_NAMES(link)

int renameat(int at, const char *from, int to_at, const char *to) {
    RECORDED(REAL(int, "renameat", int, const char *, int, const char *)(at, from, to_at, to),
             note_names("rename", at, from, to_at, to)); }

#define WITH_FLAGS(name, kind) int name(int at, const char *from, int to_at, const char *to, int unsigned flags) { \
    RECORDED(REAL(int, #name, int, const char *, int, const char *, unsigned)(at, from, to_at, to, flags), \
             note_names(flags ? #name : kind, at, from, to_at, to)); }
WITH_FLAGS(renameat2, "rename")

int linkat(int at, const char *from, int to_at, const char *to, int flags) {
    RECORDED(REAL(int, "linkat", int, const char *, int, const char *, int)(at, from, to_at, to, flags),
             note_names("link", at, from, to_at, to)); }

#define ONE_NAME(name) int name(const char *path) { \
    RECORDED(REAL(int, #name, const char *)(path), note_name(#name, AT_FDCWD, path)); }
ONE_NAME(unlink)
ONE_NAME(rmdir)

int unlinkat(int at, const char *path, int flags) {
    RECORDED(REAL(int, "unlinkat", int, const char *, int)(at, path, flags),
             note_name(flags & AT_REMOVEDIR ? "rmdir" : "unlink", at, path)); }

int mkdir(const char *path, mode_t mode) {
    RECORDED(REAL(int, "mkdir", const char *, mode_t)(path, mode), note_name("mkdir", AT_FDCWD, path)); }

int mkdirat(int at, const char *path, mode_t mode) {
    RECORDED(REAL(int, "mkdirat", int, const char *, mode_t)(at, path, mode), note_name("mkdir", at, path)); }

/* Calls that the list has no operation for: they are named, and refused by the reader when they touch the folder. */
#define UNKNOWN(type, name, handle, arguments, ...) type name(__VA_ARGS__) { \
    RECORDED(REAL(type, #name, __VA_ARGS__) arguments, note_handle(#name, handle, 0, "", 0)); }
UNKNOWN(ssize_t, writev, handle, (handle, parts, count), int handle, const struct iovec *parts, int count)
UNKNOWN(ssize_t, pwritev, handle, (handle, parts, count, at), int handle, const struct iovec *parts, int count, off_t at)
UNKNOWN(ssize_t, pwritev2, handle, (handle, parts, count, at, flags), int handle, const struct iovec *parts, int count,
        off_t at, int flags)
UNKNOWN(int, fallocate, handle, (handle, mode, at, size), int handle, int mode, off_t at, off_t size)
UNKNOWN(int, posix_fallocate, handle, (handle, at, size), int handle, off_t at, off_t size)
UNKNOWN(int, sync_file_range, handle, (handle, at, size, flags), int handle, off_t at, off_t size, unsigned flags)
UNKNOWN(ssize_t, sendfile, handle, (handle, from, at, size), int handle, int from, off_t *at, size_t size)
UNKNOWN(ssize_t, copy_file_range, handle, (from, from_at, handle, at, size, flags), int from, off_t *from_at, int handle,
        off_t *at, size_t size, unsigned flags)

int truncate(const char *path, off_t size) {
    RECORDED(REAL(int, "truncate", const char *, off_t)(path, size), note_name("truncate_by_name", AT_FDCWD, path)); }
