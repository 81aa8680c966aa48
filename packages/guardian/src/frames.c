// Frames between guardian and worker: queues, in both directions.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guardian.h"

enum { CONTROL_HEADER = 4 };

struct outgoing {
  struct outgoing *next;
  int fd;  // to send first; -1 = none, or sent
  size_t length, sent;
  uint8_t bytes[];
};

// Applies the complete frames. A frame of a worker that is distrusted has no effect.
static void apply(struct worker *w) {
  size_t used = 0;
  while (!w->is_distrusted && w->in.length - used >= CONTROL_HEADER) {
    const uint8_t *frame = w->in.bytes + used;
    size_t length = get32(frame) & 0xffffff;
    if (length > MAX_BODY) {
      worker_doom(w, PROTOCOL_ERROR, true);
      return;
    }
    if (w->in.length - used < CONTROL_HEADER + length) break;
    used += CONTROL_HEADER + length;
    if (!frame_apply(w, frame[0], frame + CONTROL_HEADER, length)) worker_doom(w, PROTOCOL_ERROR, true);
  }
  buffer_drop(&w->in, used);
}

// Reads once. Returns whether there may be more.
static bool read_once(struct worker *w) {
  ssize_t length = recv(w->control.fd, chunk, sizeof chunk, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (length <= 0) {
    source_close(&w->control);
    worker_doom(w, EXITED, false);
    return false;
  }
  buffer_put(&w->in, chunk, (size_t)length);
  apply(w);
  return w->control.fd >= 0;
}

static void control_ready(struct source *s, uint32_t events) {
  struct worker *w = OWNER(s, struct worker, control);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_once(w);
  if (w->control.fd >= 0) frames_flush(w);
}

static void rights_ready(struct source *s, uint32_t events) {
  struct worker *w = OWNER(s, struct worker, rights);
  if (events & (EPOLLHUP | EPOLLERR)) {
    source_mute(s);  // frames that come may still take messages from it
    worker_doom(w, EXITED, false);
  } else {
    frames_flush(w);
  }
}

void frames_open(struct worker *w, int control, int rights) {
  w->control.ready = control_ready;
  w->rights.ready = rights_ready;
  w->out_tail = &w->out;
  if (!source_add(&w->control, control, EPOLLIN) || !source_add(&w->rights, rights, 0)) abort();
}

void frames_drain(struct worker *w) {
  while (w->control.fd >= 0 && read_once(w)) continue;
}

static void remove_first(struct worker *w) {
  struct outgoing *o = w->out;
  w->out = o->next;
  if (!w->out) w->out_tail = &w->out;
  w->out_bytes -= o->length;
  if (o->fd >= 0) close(o->fd);
  free(o);
}

void frames_close(struct worker *w) {
  source_close(&w->control);
  source_close(&w->rights);
  buffer_free(&w->in);
  while (w->out) remove_first(w);
}

// Sends the first frame. Returns false if it must wait, or if the worker does not read any more.
static bool send_first(struct worker *w) {
  struct outgoing *o = w->out;
  if (o->fd >= 0) {
    if (w->rights.fd < 0) return false;
    if (send_descriptor(w->rights.fd, o->fd)) {
      source_want(&w->rights, EPOLLOUT);
      return false;
    }
    close(o->fd);
    o->fd = -1;
  }
  ssize_t length = send(w->control.fd, o->bytes + o->sent, o->length - o->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (length < 0) {
    source_want(&w->control, EPOLLIN | EPOLLOUT);
    return false;
  }
  o->sent += (size_t)length;
  if (o->sent == o->length) remove_first(w);
  return true;
}

void frames_flush(struct worker *w) {
  source_want(&w->rights, 0);
  source_want(&w->control, EPOLLIN);
  while (w->control.fd >= 0 && w->out && send_first(w)) continue;
}

void frame_send(struct worker *w, enum operation op, const struct buffer *body, int fd) {
  size_t length = body ? body->length : 0;
  if (w->control.fd < 0 || w->stage == DOOMED) return;
  struct outgoing *o = allocate(sizeof *o + CONTROL_HEADER + length);
  const uint8_t head[] = {(uint8_t)op, (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
  memcpy(o->bytes, head, sizeof head);
  if (length > 0) memcpy(o->bytes + sizeof head, body->bytes, length);
  o->length = sizeof head + length;
  o->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
  *w->out_tail = o;
  w->out_tail = &o->next;
  w->out_bytes += o->length;
  // A worker that does not get a descriptor, or does not read, cannot go on.
  if ((fd >= 0 && o->fd < 0) || w->out_bytes > MAX_PENDING_BYTES) {
    worker_doom(w, HANG, false);
    return;
  }
  if (w->out == o) frames_flush(w);
}

void frame_refuse(struct worker *w, enum operation op, int error, const char *name) {
  struct buffer body = {0};
  buffer_put(&body, (uint8_t[]){(uint8_t)op}, 1);
  buffer_put32(&body, (uint32_t)error);
  buffer_put(&body, name, strlen(name));
  frame_send(w, REFUSED, &body, -1);
  buffer_free(&body);
}
