// The event loop: level-triggered epoll, and memory that lives until the events of a turn have been handled.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "guardian.h"

static int epoll = -1;
static void **garbage;
static size_t garbage_count, garbage_capacity;

void loop_open(void) {
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) abort();
}

// Takes fd over. Returns false with errno, and does not own it, if it cannot be polled.
bool source_add(struct source *s, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = s};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) return false;
  s->fd = fd;
  s->events = events;
  return true;
}

void source_want(struct source *s, uint32_t events) {
  if (s->fd < 0 || s->events == events) return;
  struct epoll_event event = {.events = events, .data.ptr = s};
  epoll_ctl(epoll, EPOLL_CTL_MOD, s->fd, &event);
  s->events = events;
}

void source_mute(struct source *s) { epoll_ctl(epoll, EPOLL_CTL_DEL, s->fd, NULL); }

// Another process may have the same open file: closing alone would not remove it from epoll.
void source_close(struct source *s) {
  if (s->fd < 0) return;
  epoll_ctl(epoll, EPOLL_CTL_DEL, s->fd, NULL);
  close(s->fd);
  s->fd = -1;
}

void free_later(void *memory) {
  if (garbage_count == garbage_capacity) {
    garbage_capacity = garbage_capacity * 2 + 16;
    garbage = realloc(garbage, garbage_capacity * sizeof *garbage);
    if (!garbage) abort();
  }
  garbage[garbage_count++] = memory;
}

void loop_turn(int timeout_ms) {
  struct epoll_event events[64];
  int count = epoll_wait(epoll, events, 64, timeout_ms);
  for (int i = 0; i < count; i++) {
    struct source *s = events[i].data.ptr;
    if (s->fd >= 0) s->ready(s, events[i].events);
  }
  while (garbage_count > 0) free(garbage[--garbage_count]);
}
