/* Records, in the order in which they happen, all changes that a process makes under one folder: the power drill replays
 * them and cuts the record anywhere. Loaded with LD_PRELOAD into the child of a drill, on Linux only.
 *
 * LETOPIS_DRILL_FULL: bytes that still fit on the disk; then it is full. LETOPIS_DRILL_READ_ONLY: nothing may be changed.
 *
 * A record: kind (1 byte), length of the path (4 bytes, little-endian), path, offset (8), length of the data (8), data.
 * W write  T truncate  S sync  C create  R rename (data: the new path)  U unlink  M mkdir  D rmdir  A what went to stdout
 * V written to a file that has no name any more (SQLite's temporary files).
 * X something that is not understood: the drill must fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;
static char root[PATH_MAX];
static size_t root_length;
static int64_t room = -1;
static int read_only;

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)

static ssize_t write_real(int fd, const void *data, size_t length) {
  REAL(write);
  return real(fd, data, length);
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("LETOPIS_DRILL_ROOT"), *file = getenv("LETOPIS_DRILL_RECORD");
  if (!folder || !file) return;
  REAL(open);
  record = real(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  snprintf(root, sizeof root, "%s/", folder);
  root_length = strlen(root);
  if (getenv("LETOPIS_DRILL_FULL")) room = atoll(getenv("LETOPIS_DRILL_FULL"));
  read_only = getenv("LETOPIS_DRILL_READ_ONLY") != NULL;
}

static void put(const void *data, size_t length) {
  for (const char *at = data; length > 0;) {
    ssize_t written = write_real(record, at, length);
    if (written <= 0) abort();
    at += written;
    length -= (size_t)written;
  }
}

static void note(char kind, const char *path, int64_t offset, const void *data, uint64_t length) {
  uint32_t path_length = (uint32_t)strlen(path);
  put(&kind, 1);
  put(&path_length, 4);
  put(path, path_length);
  put(&offset, 8);
  put(&length, 8);
  put(data, length);
}

static int inside(const char *path) {
  return record >= 0 && (strncmp(path, root, root_length) == 0 || strncmp(path, root, root_length - 1) == 0);
}

enum { NAMED = 1, NAMELESS = 2 };

/* The path of an open file as it is now: 0 when it lies elsewhere. */
static int path_of(int fd, char *path) {
  if (record < 0 || fd == record) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (!inside(path)) return 0;
  return strstr(path, " (deleted)") ? NAMELESS : NAMED;
}

/* Takes room on the disk; false when there is none left. */
static int fits(int where, size_t length) {
  if (!where || room < 0) return 1;
  if ((int64_t)length > room) {
    room = 0;
    errno = ENOSPC;
    return 0;
  }
  room -= (int64_t)length;
  return 1;
}

/* The path that a call with a folder means. */
static int path_at(int folder, const char *name, char *path) {
  if (record < 0) return 0;
  if (name[0] == '/') {
    snprintf(path, PATH_MAX, "%s", name);
  } else {
    char start[PATH_MAX];
    if (folder == AT_FDCWD) {
      if (!getcwd(start, sizeof start)) return 0;
    } else {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
      ssize_t length = readlink(link, start, sizeof start - 1);
      if (length <= 0) return 0;
      start[length] = 0;
    }
    if (snprintf(path, PATH_MAX, "%s/%s", start, name) >= PATH_MAX) return 0;
  }
  return inside(path);
}

#define LOCK pthread_mutex_lock(&turn)
#define UNLOCK do { int kept = errno; pthread_mutex_unlock(&turn); errno = kept; } while (0)

ssize_t write(int fd, const void *data, size_t length) {
  char path[PATH_MAX];
  LOCK;
  int where = fd == 1 ? 0 : path_of(fd, path);
  ssize_t done = fits(where, length) ? write_real(fd, data, length) : -1;
  int kept = errno;
  if (done > 0 && fd == 1 && record >= 0) note('A', "", 0, data, (uint64_t)done);
  else if (done > 0 && where) note(where == NAMED ? 'W' : 'V', path, lseek(fd, 0, SEEK_CUR) - done, data, (uint64_t)done);
  errno = kept;
  UNLOCK;
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  ssize_t done = 0;
  for (int i = 0; i < count; i++) {
    ssize_t one = write(fd, parts[i].iov_base, parts[i].iov_len);
    if (one < 0) return done ? done : one;
    done += one;
    if ((size_t)one < parts[i].iov_len) break;
  }
  return done;
}

static ssize_t pwrite_at(int fd, const void *data, size_t length, off_t offset) {
  REAL(pwrite);
  char path[PATH_MAX];
  LOCK;
  int where = path_of(fd, path);
  ssize_t done = fits(where, length) ? real(fd, data, length, offset) : -1;
  int kept = errno;
  if (done > 0 && where) note(where == NAMED ? 'W' : 'V', path, offset, data, (uint64_t)done);
  errno = kept;
  UNLOCK;
  return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite_at(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return pwrite_at(fd, data, length, offset); }

static int truncate_to(int fd, off_t length) {
  REAL(ftruncate);
  char path[PATH_MAX];
  LOCK;
  int done = real(fd, length);
  int kept = errno;
  if (done == 0 && path_of(fd, path) == NAMED) note('T', path, length, "", 0);
  errno = kept;
  UNLOCK;
  return done;
}
int ftruncate(int fd, off_t length) { return truncate_to(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_to(fd, length); }

int fsync(int fd) {
  REAL(fsync);
  char path[PATH_MAX];
  LOCK;
  int done = real(fd);
  if (done == 0 && path_of(fd, path) == NAMED) note('S', path, 0, "", 0);
  UNLOCK;
  return done;
}

int fdatasync(int fd) {
  REAL(fdatasync);
  char path[PATH_MAX];
  LOCK;
  int done = real(fd);
  if (done == 0 && path_of(fd, path) == NAMED) note('S', path, 0, "", 0);
  UNLOCK;
  return done;
}

static int open_at(int folder, const char *name, int flags, mode_t mode) {
  REAL(openat);
  char path[PATH_MAX];
  LOCK;
  int is_inside = (flags & (O_CREAT | O_TRUNC)) && path_at(folder, name, path);
  struct stat before;
  int was_there = is_inside && stat(path, &before) == 0;
  char any[PATH_MAX];
  int is_refused = read_only && (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && path_at(folder, name, any);
  int fd = is_refused ? -1 : real(folder, name, flags, mode);
  if (is_refused) errno = EROFS;
  int kept = errno;
  if (fd >= 0 && is_inside && (flags & O_TMPFILE) == O_TMPFILE) note('X', path, 0, "", 0);
  else if (fd >= 0 && is_inside && !was_there) note('C', path, 0, "", 0);
  else if (fd >= 0 && is_inside && (flags & O_TRUNC)) note('T', path, 0, "", 0);
  errno = kept;
  UNLOCK;
  return fd;
}

#define MODE mode_t mode = 0; if (flags & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
int open(const char *name, int flags, ...) { MODE return open_at(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return open_at(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE return open_at(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE return open_at(folder, name, flags, mode); }

static int refused(void) {
  if (read_only) errno = EROFS;
  return read_only;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  REAL(renameat);
  char old_path[PATH_MAX], new_path[PATH_MAX];
  LOCK;
  int done = refused() ? -1 : real(from_folder, from, to_folder, to);
  int kept = errno;
  if (done == 0) {
    int from_inside = path_at(from_folder, from, old_path), to_inside = path_at(to_folder, to, new_path);
    if (from_inside && to_inside) note('R', old_path, 0, new_path, strlen(new_path));
    else if (from_inside || to_inside) note('X', old_path, 0, "", 0);
  }
  errno = kept;
  UNLOCK;
  return done;
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlinkat(int folder, const char *name, int flags) {
  REAL(unlinkat);
  char path[PATH_MAX];
  LOCK;
  int is_inside = path_at(folder, name, path);
  int done = is_inside && refused() ? -1 : real(folder, name, flags);
  int kept = errno;
  if (done == 0 && is_inside) note(flags & AT_REMOVEDIR ? 'D' : 'U', path, 0, "", 0);
  errno = kept;
  UNLOCK;
  return done;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int folder, const char *name, mode_t mode) {
  REAL(mkdirat);
  char path[PATH_MAX];
  LOCK;
  int done = path_at(folder, name, path) && refused() ? -1 : real(folder, name, mode);
  int kept = errno;
  if (done == 0 && path_at(folder, name, path)) note('M', path, 0, "", 0);
  errno = kept;
  UNLOCK;
  return done;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

/* Ways round write(2): refused, so that whoever asks falls back to it. */
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags) {
  (void)in, (void)in_at, (void)out, (void)out_at, (void)length, (void)flags;
  errno = ENOSYS;
  return -1;
}
ssize_t sendfile(int out, int in, off_t *offset, size_t length) {
  (void)out, (void)in, (void)offset, (void)length;
  errno = ENOSYS;
  return -1;
}
ssize_t sendfile64(int out, int in, off64_t *offset, size_t length) {
  (void)out, (void)in, (void)offset, (void)length;
  errno = ENOSYS;
  return -1;
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
  (void)fd, (void)mode, (void)offset, (void)length;
  errno = EOPNOTSUPP;
  return -1;
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  (void)fd, (void)mode, (void)offset, (void)length;
  errno = EOPNOTSUPP;
  return -1;
}
