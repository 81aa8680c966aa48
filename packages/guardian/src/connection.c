// A connection of a client: requests are kept, and sent to the worker in order. answers.c has the other direction.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guardian.h"

enum { REQUEST = 1, DATA = 3, FRAMES_AT_ONCE = 16 };

struct connection *connections;
static size_t held_bytes, connection_count;
static uint32_t last_id;
static bool has_room;  // since the last connections_resume
size_t calls_bytes(void) { return held_bytes; }

size_t calls_count(void) {
  size_t count = 0;
  for (struct connection *c = connections; c; c = c->next) {
    for (struct call *k = c->calls; k; k = k->next) count += !k->is_data;
  }
  return count;
}

static void account(struct connection *c, const struct call *k, bool is_new) {
  size_t size = sizeof *k + k->length;
  c->held = is_new ? c->held + size : c->held - size;
  held_bytes = is_new ? held_bytes + size : held_bytes - size;
  if (!is_new) has_room = true;
}

// Returns the kept request of a stream.
struct call *call_find(struct connection *c, uint32_t stream) {
  struct call *k = c->calls;
  while (k && (k->is_data || k->stream != stream)) k = k->next;
  return k;
}

void calls_release(struct connection *c, struct call *k) {
  struct call **link = &c->calls;
  while (*link != k) link = &(*link)->next;
  *link = k->next;
  if (!k->next) c->tail = link;
  if (c->unsent == k) c->unsent = k->next;
  account(c, k, false);
  free(k);
}

void connection_close(struct connection *c) {
  if (c->is_closed) return;
  c->is_closed = true;
  connection_count--;
  source_close(&c->client);
  source_close(&c->worker);
  while (c->calls) calls_release(c, c->calls);
  if (c->partial) account(c, c->partial, false);
  free(c->partial);
  c->partial = NULL;
  buffer_free(&c->unread);
  buffer_free(&c->answer);
  buffer_free(&c->out);
  struct connection **link = &connections;
  while (*link != c) link = &(*link)->next;
  *link = c->next;
  free_later(c);
}

// ---- requests from the client

static bool has_room_for(const struct connection *c, size_t size) {
  return held_bytes + size <= MAX_CALLS_BYTES && c->held + size <= MAX_CONNECTION_BYTES;
}

static void skip(struct connection *c, uint32_t size) {
  c->skip = size;
  c->phase = SKIP;
}

// Decides what becomes of the frame whose header has come.
static void begin(struct connection *c) {
  uint32_t size = get32(c->header), stream = get32(c->header + 4);
  uint8_t type = c->header[8];
  if (c->header[0] != 0) {
    connection_close(c);
    return;
  }
  if (size > MAX_MESSAGE) {
    char text[96];
    snprintf(text, sizeof text, "message length %u exceed maximum message size of %d", size, MAX_MESSAGE);
    answer_status(c, stream, 8, text);
    skip(c, size);
    return;
  }
  struct call *open = type == DATA ? call_find(c, stream) : NULL;
  if (type != REQUEST && !open) {
    skip(c, size);
    return;
  }
  size_t total = sizeof(struct call) + FRAME_HEADER + size;
  c->phase = NO_ROOM;
  if (!has_room_for(c, total)) return;
  if (open) open->is_stream = true;
  c->partial = allocate(total);
  c->partial->stream = stream;
  c->partial->length = FRAME_HEADER + size;
  c->partial->is_data = type == DATA;
  c->partial->since = now_ms();
  memcpy(c->partial->frame, c->header, FRAME_HEADER);
  account(c, c->partial, true);
  c->phase = BODY;
}

static void finish(struct connection *c) {
  struct call *k = c->partial;
  c->partial = NULL;
  *c->tail = k;
  c->tail = &k->next;
  if (!c->unsent) c->unsent = k;
  c->phase = HEADER;
  c->filled = 0;
  worker_wake();
}

// Copies what has come of a part of `wanted` bytes. Returns whether the part is complete.
static bool fill(uint8_t *part, uint32_t *filled, uint32_t wanted, const uint8_t **bytes, size_t *length) {
  size_t count = wanted - *filled < *length ? wanted - *filled : *length;
  if (part && count > 0) memcpy(part + *filled, *bytes, count);
  *filled += (uint32_t)count;
  *bytes += count;
  *length -= count;
  return *filled == wanted;
}

static void take(struct connection *c, const uint8_t *bytes, size_t length) {
  bool is_moving = true;
  while (is_moving && !c->is_closed) {
    switch (c->phase) {
      case HEADER:
        is_moving = fill(c->header, &c->filled, FRAME_HEADER, &bytes, &length);
        if (is_moving) begin(c);
        if (c->phase == BODY) c->filled = FRAME_HEADER;
        if (c->phase == SKIP) c->filled = 0;
        break;
      case NO_ROOM:
        begin(c);
        is_moving = c->phase != NO_ROOM;
        c->filled = c->phase == SKIP ? 0 : FRAME_HEADER;
        break;
      case BODY:
        is_moving = fill(c->partial->frame, &c->filled, c->partial->length, &bytes, &length);
        if (is_moving) finish(c);
        break;
      case SKIP:
        is_moving = fill(NULL, &c->filled, c->skip, &bytes, &length);
        if (is_moving) c->phase = HEADER, c->filled = 0;
        break;
    }
  }
  if (!c->is_closed && length > 0) buffer_put(&c->unread, bytes, length);
}

static void client_want(struct connection *c) {
  uint32_t events = c->phase == NO_ROOM ? 0 : EPOLLIN;
  source_want(&c->client, events | (c->out.length > 0 ? EPOLLOUT : 0));
}

static void client_ready(struct source *s, uint32_t events) {
  struct connection *c = OWNER(s, struct connection, client);
  if (events & EPOLLOUT) answers_flush(c);
  if (c->is_closed) return;
  if (c->phase == NO_ROOM) {
    if (events & (EPOLLHUP | EPOLLERR)) connection_close(c);
    return;
  }
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  ssize_t length = recv(s->fd, chunk, sizeof chunk, MSG_DONTWAIT);
  if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) {
    connection_close(c);
    return;
  }
  if (length < 0) return;
  take(c, chunk, (size_t)length);
  if (c->is_closed) return;
  calls_flush(c);
  client_want(c);
}

// Continues connections that waited for room.
void connections_resume(void) {
  if (!has_room) return;
  has_room = false;
  for (struct connection *c = connections, *next; c; c = next) {
    next = c->next;
    if (c->phase != NO_ROOM) continue;
    struct buffer unread = c->unread;
    c->unread = (struct buffer){0};
    take(c, unread.bytes, unread.length);
    buffer_free(&unread);
    if (c->is_closed) continue;
    calls_flush(c);
    client_want(c);
  }
}

void connection_accept(struct source *s, uint32_t events) {
  (void)events;
  for (;;) {
    int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
      accept_failed(s);
      return;
    }
    struct connection *c = allocate(sizeof *c);
    c->client.ready = client_ready;
    c->worker.fd = -1;
    c->tail = &c->calls;
    size_t limit = guardian.files.rlim_max / 8 < MAX_CONNECTIONS ? guardian.files.rlim_max / 8 : MAX_CONNECTIONS;
    if (!is_peer_ours(fd, &c->peer) || connection_count >= limit || !source_add(&c->client, fd, EPOLLIN)) {
      close(fd);
      free(c);
      continue;
    }
    c->id = ++last_id;
    c->next = connections;
    connections = c;
    connection_count++;
    if (guardian.worker) connections_attach(guardian.worker);
  }
}

// ---- requests to the worker

static void forget_sent(struct connection *c, size_t length) {
  while (c->unsent && length > 0) {
    struct call *k = c->unsent;
    uint32_t rest = k->length - k->sent, count = length < rest ? (uint32_t)length : rest;
    k->sent += count;
    length -= count;
    if (k->sent < k->length) return;
    c->unsent = k->next;
    if (k->is_data) calls_release(c, k);
  }
}

// While the worker is being replaced, no request begins.
static uint16_t gather(const struct connection *c, struct iovec *parts) {
  uint16_t count = 0;
  for (struct call *k = c->unsent; k && count < FRAMES_AT_ONCE; k = k->next) {
    if (guardian.quiesced_until && k->sent == 0) break;
    parts[count++] = (struct iovec){k->frame + k->sent, k->length - k->sent};
  }
  return count;
}

void calls_flush(struct connection *c) {
  struct iovec parts[FRAMES_AT_ONCE];
  uint16_t count = 0;
  while (c->worker.fd >= 0 && (count = gather(c, parts)) > 0) {
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
    ssize_t length = sendmsg(c->worker.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (length < 0) break;  // full, or the worker's end is closed, which answers.c finds
    forget_sent(c, (size_t)length);
  }
  uint32_t events = c->out.length < MAX_UNSENT_BYTES ? EPOLLIN : 0;
  source_want(&c->worker, events | (count > 0 ? EPOLLOUT : 0));
}
