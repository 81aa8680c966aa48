// The control socket: STATUS, WAKE and REPLACE, also while no worker lives.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "guardian.h"

enum { MAX_REQUEST = 65536, MAX_CLIENTS = 16 };

struct client {
  struct source source;
  struct buffer request;
};

static struct source listener;
static size_t client_count;

bool is_peer_ours(int fd, struct ucred *peer) {
  socklen_t length = sizeof *peer;
  return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &length) && peer->uid == geteuid() && peer->gid == getegid();
}

// Returns a socket that listens at a path, mode 0600; -1 with errno.
int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(address.sun_path, path, strlen(path));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mode_t before = umask(0177);
  bool is_bound = fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof address) && !listen(fd, 128);
  umask(before);
  return is_bound ? fd : -1;
}

static void put_text(struct buffer *b, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  buffer_put(b, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

// Bytes as a JSON string. Bytes above 0x7f become U+0080…U+00FF: the tail may be cut within a character.
static void put_json(struct buffer *b, const uint8_t *bytes, size_t length) {
  put_text(b, "\"");
  for (size_t i = 0; i < length; i++) {
    bool is_plain = bytes[i] >= 0x20 && bytes[i] < 0x7f && bytes[i] != '"' && bytes[i] != '\\';
    put_text(b, is_plain ? "%c" : "\\u%04x", bytes[i]);
  }
  put_text(b, "\"");
}

static void put_status(struct buffer *b) {
  const struct worker *w = guardian.worker;
  size_t count = 0;
  for (struct connection *c = connections; c; c = c->next) count++;
  put_text(b, "{\"protocol\":%d,\"pid\":%d,\"worker\":%d,\"stage\":\"%s\",\"build\":", PROTOCOL_VERSION, (int)getpid(),
           w ? (int)w->pid : 0, w ? stage_names[w->stage] : guardian.is_asleep ? "asleep" : "none");
  put_json(b, (const uint8_t *)(w ? w->build : ""), w ? strlen(w->build) : 0);
  put_text(b, ",\"epoch\":%u,\"deaths\":%u,\"deathsTotal\":%llu,\"cause\":\"%s\",\"lastStatus\":%d,\"lagMs\":%u", guardian.epoch,
           guardian.deaths, (unsigned long long)guardian.deaths_total, cause_names[guardian.cause], guardian.last_status,
           w ? w->lag_ms : 0);
  put_text(b, ",\"connections\":%zu,\"calls\":%zu,\"callsBytes\":%zu,\"keys\":%zu,\"watched\":%zu,\"remembered\":%zu", count,
           calls_count(), calls_bytes(), keys_count(), exits_watched(), exits_remembered());
  put_text(b, ",\"standby\":%d,\"stderr\":", guardian.standby ? (int)guardian.standby->pid : 0);
  put_json(b, guardian.last_tail.bytes, guardian.last_tail.length);
  put_text(b, "}\n");
}

static void put_result(struct buffer *b, const char *error) {
  if (error) put_text(b, "{\"error\":\"%s\"}\n", error);
  else put_text(b, "{}\n");
}

// The words of a request, each ended by NUL, as an argv in one block of memory.
char **copy_words(const uint8_t *words, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += words[i] == 0;
  char **argv = allocate((count + 1) * sizeof *argv + length);
  char *text = (char *)(argv + count + 1);
  if (length > 0) memcpy(text, words, length);
  for (size_t i = 0; i < count; i++, text += strlen(text) + 1) argv[i] = text;
  return argv;
}

static char **copy_argv(void) {
  struct buffer words = {0};
  for (char **word = guardian.argv; *word; word++) buffer_put(&words, *word, strlen(*word) + 1);
  char **argv = copy_words(words.bytes, words.length);
  buffer_free(&words);
  return argv;
}

static void replace(struct buffer *b, const uint8_t *words, size_t length) {
  char **argv = length > 0 ? copy_words(words, length) : copy_argv();
  const char *error = argv[0][0] != '/' ? "the program of a worker is an absolute path" : NULL;
  if (!error && !worker_replace(argv)) error = "a worker is being replaced already, or cannot be started";
  if (error) free(argv);
  put_result(b, error);
}

static void answer(struct client *c) {
  struct buffer b = {0};
  size_t end = c->request.length;
  buffer_put(&c->request, "", 1);
  const char *verb = (const char *)c->request.bytes;
  size_t length = strlen(verb) + 1;
  // The NUL that was put ends the verb, or a last word that has none.
  if (end > 0 && verb[end - 1]) end++;
  if (!strcmp(verb, "STATUS") || !strcmp(verb, "STATUS\n")) {
    put_status(&b);
  } else if (!strcmp(verb, "WAKE") || !strcmp(verb, "WAKE\n")) {
    worker_wake();
    put_result(&b, NULL);
  } else if (!strcmp(verb, "REPLACE") || !strcmp(verb, "REPLACE\n")) {
    replace(&b, c->request.bytes + length, end > length ? end - length : 0);
  } else {
    put_result(&b, "unknown request");
  }
  // It fits into the buffer of the socket, which is empty.
  ssize_t sent = send(c->source.fd, b.bytes, b.length, MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)sent;
  buffer_free(&b);
}

// A request ends when the client shuts its side down.
static void client_ready(struct source *s, uint32_t events) {
  struct client *c = OWNER(s, struct client, source);
  (void)events;
  ssize_t length = recv(s->fd, chunk, sizeof chunk, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length > 0 && c->request.length + (size_t)length <= MAX_REQUEST) {
    buffer_put(&c->request, chunk, (size_t)length);
    return;
  }
  if (length == 0) answer(c);
  source_close(s);
  buffer_free(&c->request);
  client_count--;
  free_later(c);
}

static void accept_client(struct source *s, uint32_t events) {
  (void)events;
  struct ucred peer;
  int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    accept_failed(s);
    return;
  }
  struct client *c = allocate(sizeof *c);
  c->source.ready = client_ready;
  if (client_count < MAX_CLIENTS && is_peer_ours(fd, &peer) && source_add(&c->source, fd, EPOLLIN)) {
    client_count++;
    return;
  }
  close(fd);
  free(c);
}

void control_accept_again(void) { source_want(&listener, EPOLLIN); }

// Returns whether the control socket listens.
bool control_open(const char *path) {
  int fd = listen_at(path);
  listener.ready = accept_client;
  return fd >= 0 && source_add(&listener, fd, EPOLLIN);
}
