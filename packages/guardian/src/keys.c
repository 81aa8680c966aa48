// Descriptors that outlive a worker, by key.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guardian.h"

struct kept {
  struct kept *next;
  struct source source;  // in the loop only while `is_polled`
  int fd, writer;        // writer: write end of the FIFO, opened here; -1 = none
  bool is_polled, has_event;  // has_event: until the next POLL, because the worker may end before it reads the EVENT
  char key[];
};

enum { HAS_WRITER = 1 };

static struct kept *all;
static size_t count;

size_t keys_count(void) { return count; }

static struct kept *find(const char *key) {
  struct kept *k = all;
  while (k && strcmp(k->key, key) != 0) k = k->next;
  return k;
}

int keys_find(const char *key) {
  struct kept *k = find(key);
  return k ? k->fd : -1;
}

static void remove_at(struct kept **link) {
  struct kept *k = *link;
  *link = k->next;
  source_close(&k->source);
  close(k->fd);
  if (k->writer >= 0) close(k->writer);
  count--;
  free_later(k);
}

void keys_drop(const char *key, bool is_prefix, bool is_writer_only) {
  size_t length = strlen(key) + (is_prefix ? 0 : 1);
  for (struct kept **link = &all; *link;) {
    struct kept *k = *link;
    if (strncmp(k->key, key, length) != 0) {
      link = &k->next;
    } else if (is_writer_only) {
      if (k->writer >= 0) close(k->writer);
      k->writer = -1;
      link = &k->next;
    } else {
      remove_at(link);
    }
  }
}

// The guardian has the read end, so that this neither waits nor fails for want of a reader.
static int open_writer(int fd) {
  struct stat status;
  char path[32];
  if (fstat(fd, &status)) return -1;
  if (!S_ISFIFO(status.st_mode)) {
    errno = EINVAL;
    return -1;
  }
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

static size_t limit(void) {
  return guardian.files.rlim_max / 8 < MAX_KEYS ? guardian.files.rlim_max / 8 : MAX_KEYS;
}

void keys_keep(struct worker *w, const char *key, int fd, bool is_writer) {
  keys_drop(key, false, false);
  int writer = -1;
  if (count >= limit() || (is_writer && (writer = open_writer(fd)) < 0)) {
    frame_refuse(w, KEEP, count >= limit() ? EMFILE : errno, key);
    close(fd);
    return;
  }
  struct kept *k = allocate(sizeof *k + strlen(key) + 1);
  memcpy(k->key, key, strlen(key));
  k->fd = fd;
  k->writer = writer;
  k->source.fd = -1;
  k->next = all;
  all = k;
  count++;
  if (!is_writer) return;
  struct buffer body = {0};
  buffer_put(&body, key, strlen(key));
  frame_send(w, OPENED, &body, -1);
  buffer_free(&body);
}

void keys_send(struct worker *w) {
  struct buffer body = {0};
  for (struct kept *k = all; k; k = k->next) {
    body.length = 0;
    buffer_put(&body, (uint8_t[]){k->writer >= 0 ? HAS_WRITER : 0}, 1);
    buffer_put(&body, k->key, strlen(k->key));
    frame_send(w, FD, &body, k->fd);
  }
  buffer_free(&body);
}

// ---- POLL

bool keys_have_events(void) {
  for (struct kept *k = all; k; k = k->next) {
    if (k->has_event) return true;
  }
  return false;
}

static void send_event(struct worker *w, struct kept *k) {
  struct buffer body = {0};
  buffer_put(&body, k->key, strlen(k->key));
  frame_send(w, EVENT, &body, -1);
  buffer_free(&body);
}

void keys_send_events(struct worker *w) {
  for (struct kept *k = all; k; k = k->next) {
    if (k->has_event) send_event(w, k);
  }
}

static void polled(struct source *s, uint32_t events) {
  (void)events;
  struct kept *k = OWNER(s, struct kept, source);
  source_close(s);
  k->is_polled = false;
  k->has_event = true;
  if (worker_takes_frames()) {
    send_event(guardian.worker, k);
  } else {
    worker_wake();
  }
}

// Polls a duplicate: the loop closes what it polls.
void keys_poll(struct worker *w, const char *key) {
  struct kept *k = find(key);
  if (k && k->is_polled) return;
  int fd = k ? fcntl(k->fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (!k) errno = ENOENT;
  if (k) k->source.ready = polled;
  if (fd < 0 || !source_add(&k->source, fd, EPOLLIN | EPOLLPRI)) {
    frame_refuse(w, POLL, errno, key);
    if (fd >= 0) close(fd);
    return;
  }
  k->is_polled = true;
  k->has_event = false;
}
