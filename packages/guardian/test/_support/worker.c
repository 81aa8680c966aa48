// A worker for tests: its clients say by the method of a request what it does. The payload is plain bytes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 3, RIGHTS = 4, MOST = 1200, CHUNK = 1 << 20 };
enum { HELLO = 1, STATE = 2, KEEP = 3, READY = 7, PONG = 10, WELCOME = 0x81, FD = 0x82, STATE_END = 0x84, OPENED = 0x85, CONN = 0x86, PING = 0x89 };

struct connection {
  int fd;
  uint32_t id, replays;
  uint8_t *replay, *in;
  size_t length, capacity;
};
struct request {
  struct connection *c;
  uint32_t stream, attempts, age;
  const uint8_t *payload;
  size_t length;
  char method[32];
};

static struct connection connections[MOST];
static struct { int fd; char key[256]; } kept[5000];
static size_t connection_count, kept_count, log_length, in_length;
static uint8_t *log_bytes, in[CHUNK * 17];
static unsigned version = 1;
static int is_fuzz, opened;

static uint32_t get32(const uint8_t *b) { return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]; }
static void put32(uint8_t *b, uint32_t v) { b[0] = (uint8_t)(v >> 24), b[1] = (uint8_t)(v >> 16), b[2] = (uint8_t)(v >> 8), b[3] = (uint8_t)v; }

static void write_all(int fd, const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t n = send(fd, at, length, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      struct pollfd p = {fd, POLLOUT, 0};
      poll(&p, 1, 1000);
      continue;
    }
    if (n < 0) return;
    at += n, length -= (size_t)n;
  }
}

static void control(uint8_t op, const void *body, size_t length) {
  uint8_t *frame = malloc(4 + length);
  put32(frame, (uint32_t)length);
  frame[0] = op;
  if (length) memcpy(frame + 4, body, length);
  write_all(CONTROL, frame, 4 + length);
  free(frame);
}

static int receive(void) {
  union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } c;
  char byte;
  struct iovec v = {&byte, 1};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
  if (recvmsg(RIGHTS, &m, MSG_CMSG_CLOEXEC) < 0 || !CMSG_FIRSTHDR(&m)) _exit(99);
  int fd;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
  return fd;
}

static void give(int fd) {
  union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } c = {.h = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  struct iovec v = {"f", 1};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
  memcpy(CMSG_DATA(&c.h), &fd, sizeof fd);
  sendmsg(RIGHTS, &m, MSG_NOSIGNAL);
}

// ---- answers

static size_t varint(uint8_t *b, size_t v) {
  size_t n = 0;
  do b[n++] = (uint8_t)((v & 0x7f) | (v > 0x7f ? 0x80 : 0)); while (v >>= 7);
  return n;
}

// Builds a Response with this payload. Returns its length.
static size_t response(uint8_t **frame, uint32_t stream, const void *payload, size_t length) {
  *frame = malloc(length + 32);
  (*frame)[10] = 0x12;
  size_t head = 11 + varint(*frame + 11, length);
  if (length) memcpy(*frame + head, payload, length);
  put32(*frame, (uint32_t)(head + length - 10));
  put32(*frame + 4, stream);
  (*frame)[8] = 2, (*frame)[9] = 0;
  return head + length;
}

static void answer(const struct request *r, const void *payload, size_t length) {
  uint8_t *frame;
  size_t size = response(&frame, r->stream, payload, length);
  write_all(r->c->fd, frame, size);
  free(frame);
}

static void say(const struct request *r, const char *text) { answer(r, text, strlen(text)); }

static void data(const struct request *r, uint8_t flags, const void *bytes, size_t length) {
  uint8_t frame[64] = {0};
  put32(frame, (uint32_t)length);
  put32(frame + 4, r->stream);
  frame[8] = 3, frame[9] = flags;
  memcpy(frame + 10, bytes, length);
  write_all(r->c->fd, frame, 10 + length);
}

static void die(void) { kill(getpid(), SIGKILL); }

// ---- methods

// "BYTES": that much of the answer is written, then the worker dies; the next one answers.
static void half(const struct request *r, size_t cut) {
  uint8_t *frame;
  size_t size = response(&frame, r->stream, "the answer of a second worker, which is longer than sixty bytes", 63);
  if (r->attempts == 0) {
    write_all(r->c->fd, frame, cut < size ? cut : size);
    die();
  }
  write_all(r->c->fd, frame, size);
  free(frame);
}

// "KEY TEXT"
static void put(const struct request *r, const char *text) {
  char body[300], key[256];
  int at = 0, fd = memfd_create("kept", MFD_CLOEXEC);
  sscanf(text, "%255s %n", key, &at);
  ssize_t n = pwrite(fd, text + at, strlen(text + at), 0);
  (void)n;
  give(fd);
  close(fd);
  body[0] = 0;
  memcpy(body + 1, key, strlen(key));
  control(KEEP, body, strlen(key) + 1);
  say(r, "");
}

// "UNREAD PADDING KEY TEXT": a Put that the guardian finds when the worker is dead, behind that much padding. UNREAD 1: a message on 4
// is left unread. The guardian stays stopped.
static void last_put(const struct request *r, const char *text) {
  static uint8_t padding[CHUNK];
  int is_unread = 0, length = 0, at = 0;
  sscanf(text, "%d %d %n", &is_unread, &length, &at);
  struct pollfd p = {RIGHTS, POLLIN, 0};
  if (is_unread) poll(&p, 1, -1);
  kill(getppid(), SIGSTOP);
  usleep(50000);
  if (length) control(PONG, padding, (size_t)length);
  put(r, text + at);
  die();
}

static void get(const struct request *r, const char *key) {
  char text[4096];
  for (size_t i = 0; i < kept_count; i++) {
    if (strcmp(kept[i].key, key) != 0) continue;
    ssize_t n = pread(kept[i].fd, text, sizeof text, 0);
    answer(r, text, n < 0 ? 0 : (size_t)n);
    return;
  }
  say(r, "no such key");
}

static void pump(int until_opened);

// "KEY PATH": keeps the read end of a FIFO, and answers when the guardian has opened its write end.
static void keep_fifo(const struct request *r, const char *text) {
  char body[300] = {1}, key[256];
  int at = 0;
  sscanf(text, "%255s %n", key, &at);
  int fd = open(text + at, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  give(fd);
  close(fd);
  memcpy(body + 1, key, strlen(key));
  opened = 0;
  struct request copy = *r;
  control(KEEP, body, strlen(key) + 1);
  pump(1);
  say(&copy, opened > 0 ? "opened" : "refused");
}

static pid_t fork_as(pid_t pid) {
  struct clone_args arguments = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1};
  return pid ? (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments) : fork();
}

// "MILLISECONDS CODE [PID]": an orphan, which the guardian adopts at once.
static void orphan(const struct request *r, const char *text) {
  int ms = 0, code = 0, wanted = 0, ends[2];
  char answer_text[32] = "";
  sscanf(text, "%d %d %d", &ms, &code, &wanted);
  if (pipe(ends)) return;
  pid_t child = fork();
  if (child == 0) {
    pid_t pid = fork_as(wanted);
    if (pid == 0) {
      usleep((unsigned)ms * 1000);
      _exit(code);
    }
    dprintf(ends[1], "%d", pid);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  ssize_t n = read(ends[0], answer_text, sizeof answer_text - 1);
  (void)n;
  close(ends[0]), close(ends[1]);
  say(r, answer_text);
}

// Orphans that write to standard error until the guardian ends.
static void shout(const struct request *r) {
  static const char text[4096];
  for (int i = 0; i < 3; i++) {
    if (fork()) continue;
    signal(SIGPIPE, SIG_DFL);
    while (write(2, text, sizeof text) >= 0 || errno == EAGAIN) continue;
    _exit(0);
  }
  say(r, "");
}

// "NUMBER": the guardian can open no more descriptors above that number. 0 = it can again.
static void limit_guardian(const struct request *r, const char *text) {
  struct rlimit limit;
  prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit);
  limit.rlim_cur = atoi(text) ? (rlim_t)atoi(text) : limit.rlim_max;
  prlimit(getppid(), RLIMIT_NOFILE, &limit, NULL);
  say(r, "");
}

static void info(const struct request *r) {
  char text[128];
  snprintf(text, sizeof text, "%d %u %u %u", getpid(), r->c->id, r->attempts, r->age);
  say(r, text);
}

static void block(void) {
  int ends[2];
  char byte;
  if (pipe(ends)) return;
  ssize_t n = read(ends[0], &byte, 1);
  (void)n;
}

static void fuzz(const struct request *r) {
  static uint8_t big[200000];
  switch (rand() % 40) {
    case 0: die(); return;
    case 1: half(r, (size_t)(rand() % 70)); return;
    case 2: answer(r, r->payload, r->length); answer(r, r->payload, r->length); return;
    case 3: { struct request other = *r; other.stream = (uint32_t)rand(); answer(&other, "stray", 5); break; }
    case 4: answer(r, big, (size_t)(rand() % (int)sizeof big)); return;
    case 5: usleep(1000); break;
    case 6: data(r, 0, "x", 1); data(r, 5, "", 0); return;
    case 7: if (rand() % 4 == 0) { write_all(r->c->fd, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11); return; } break;
    case 8: if (rand() % 4 == 0) { for (int i = 0; i < 64; i++) big[i] = (uint8_t)rand(); write_all(CONTROL, big, 64); memset(big, 0, 64); } break;
    case 9: if (rand() % 8 == 0) { close(r->c->fd); r->c->fd = -1; return; } break;
    case 10: put(r, "key text"); return;
    default: break;
  }
  answer(r, r->payload, r->length);
}

static void act(const struct request *r) {
  char text[4096] = "";
  size_t length = r->length < sizeof text - 1 ? r->length : sizeof text - 1;
  memcpy(text, r->payload, length);
  const char *m = r->method;
  if (is_fuzz) fuzz(r);
  else if (!strcmp(m, "Echo")) answer(r, r->payload, r->length);
  else if (!strcmp(m, "Info")) info(r);
  else if (!strcmp(m, "Hold")) return;
  else if (!strcmp(m, "HoldOnce")) { if (r->attempts > 0) info(r); }
  else if (!strcmp(m, "Die")) { if (r->attempts < (unsigned)atoi(text)) die(); info(r); }
  else if (!strcmp(m, "Half")) half(r, (size_t)atoi(text));
  else if (!strcmp(m, "Put")) put(r, text);
  else if (!strcmp(m, "LastPut")) last_put(r, text);
  else if (!strcmp(m, "Get")) get(r, text);
  else if (!strcmp(m, "KeepFifo")) keep_fifo(r, text);
  else if (!strcmp(m, "Orphan")) orphan(r, text);
  else if (!strcmp(m, "Control")) { write_all(CONTROL, r->payload, r->length); say(r, ""); }
  else if (!strcmp(m, "Log")) answer(r, log_bytes, log_length);
  else if (!strcmp(m, "Loop")) { if (r->attempts == 0) for (volatile int i = 0;; i++) continue; info(r); }
  else if (!strcmp(m, "Block")) { if (r->attempts == 0) block(); info(r); }
  else if (!strcmp(m, "Exit")) { if (r->attempts == 0) _exit(atoi(text)); info(r); }
  else if (!strcmp(m, "Stderr")) { fputs(text, stderr); say(r, ""); }
  else if (!strcmp(m, "Shout")) shout(r);
  else if (!strcmp(m, "Limit")) limit_guardian(r, text);
  else if (!strcmp(m, "Stream")) { data(r, 0, "one", 3); if (text[0]) { data(r, 0, "two", 3); data(r, 5, "", 0); } }
  else if (!strcmp(m, "Close")) { close(r->c->fd); r->c->fd = -1; }
  else if (!strcmp(m, "End")) { say(r, "ended"); control(13, NULL, 0); _exit(0); }
  else say(r, "unknown method");
}

// ---- ttrpc and control frames

static void parse(struct connection *c, const uint8_t *frame, size_t size) {
  struct request r = {.c = c, .stream = get32(frame + 4)};
  for (uint32_t i = 0; i < c->replays; i++) {
    if (get32(c->replay + 12 * i) == r.stream) r.attempts = get32(c->replay + 12 * i + 4), r.age = get32(c->replay + 12 * i + 8);
  }
  for (size_t at = 10; at < size;) {
    uint8_t tag = frame[at++];
    size_t value = 0;
    for (int shift = 0; at < size; shift += 7) {
      value |= (size_t)(frame[at] & 0x7f) << shift;
      if (!(frame[at++] & 0x80)) break;
    }
    if ((tag & 7) != 2) continue;
    if (value > size - at) break;
    if (tag == 0x12 && value < sizeof r.method) memcpy(r.method, frame + at, value);
    if (tag == 0x1a) r.payload = frame + at, r.length = value;
    at += value;
  }
  if (frame[8] == 1) act(&r);
}

static void serve(struct connection *c) {
  if (c->capacity - c->length < CHUNK) c->in = realloc(c->in, c->capacity = c->capacity * 2 + CHUNK);
  ssize_t n = recv(c->fd, c->in + c->length, CHUNK, MSG_DONTWAIT);
  if (n == 0) close(c->fd), c->fd = -1;
  if (n <= 0) return;
  c->length += (size_t)n;
  size_t used = 0;
  while (c->fd >= 0 && c->length - used >= 10 && c->length - used >= 10 + get32(c->in + used)) {
    size_t size = 10 + get32(c->in + used);
    parse(c, c->in + used, size);
    used += size;
  }
  memmove(c->in, c->in + used, c->length -= used);
}

static void connect_client(const uint8_t *body, size_t length) {
  struct connection *c = connections;
  while (c < connections + connection_count && c->fd >= 0) c++;
  if (c == connections + connection_count) connection_count++;
  free(c->in), free(c->replay);
  *c = (struct connection){.fd = receive(), .id = get32(body), .replays = get32(body + 16), .replay = malloc(length - 19)};
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  memcpy(c->replay, body + 20, length - 20);
}

static void frame(uint8_t op, const uint8_t *body, size_t length) {
  if (op != PING) {
    log_bytes = realloc(log_bytes, log_length + 4 + length);
    put32(log_bytes + log_length, (uint32_t)length);
    log_bytes[log_length] = op;
    memcpy(log_bytes + log_length + 4, body, length);
    log_length += 4 + length;
  }
  if (op == WELCOME) control(STATE, NULL, 0);
  if (op == STATE_END && getenv("WORKER_READY_MS")) usleep((unsigned)atoi(getenv("WORKER_READY_MS")) * 1000);
  if (op == STATE_END && !getenv("WORKER_NOT_READY")) control(READY, NULL, 0);
  if (op == CONN) connect_client(body, length);
  if (op == OPENED) opened = 1;
  if (op == 0x8b) opened = -1;
  if (op == FD) {
    kept[kept_count].fd = receive();
    snprintf(kept[kept_count++].key, 256, "%.*s", (int)length - 1, body + 1);
  }
  if (op == PING) {
    uint8_t pong[8] = {0};
    memcpy(pong, body, 4);
    control(PONG, pong, 8);
  }
}

static void frames(void) {
  ssize_t n = recv(CONTROL, in + in_length, sizeof in - in_length, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) _exit(98);
  in_length += (size_t)n;
  size_t used = 0;
  while (in_length - used >= 4 && in_length - used >= 4 + (get32(in + used) & 0xffffff)) {
    size_t length = get32(in + used) & 0xffffff, at = used;
    used += 4 + length;
    frame(in[at], in + at + 4, length);
  }
  memmove(in, in + used, in_length -= used);
}

static void pump(int until_opened) {
  static struct pollfd polled[MOST + 1];
  do {
    size_t count = until_opened ? 0 : connection_count;
    polled[0] = (struct pollfd){CONTROL, POLLIN, 0};
    for (size_t i = 0; i < count; i++) polled[i + 1] = (struct pollfd){connections[i].fd, POLLIN, 0};
    poll(polled, count + 1, -1);
    for (size_t i = 0; i < count; i++) {
      if (polled[i + 1].revents && connections[i].fd >= 0) serve(&connections[i]);
    }
    if (polled[0].revents) frames();
  } while (until_opened && !opened);
}

// The file has the number of workers that die at boot.
static void die_at_boot(const char *path) {
  FILE *f = path ? fopen(path, "r+") : NULL;
  int count = 0;
  if (!f || fscanf(f, "%d", &count) != 1 || count <= 0) return;
  rewind(f);
  fprintf(f, "%-8d", count - 1);
  fclose(f);
  fprintf(stderr, "boot failed, %d to go", count - 1);
  _exit(9);
}

// listen PATH PROGRAM…: becomes a program with a listening socket as descriptor 7.
static void listen_for(char **argv) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  strncpy(a.sun_path, argv[2], sizeof a.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 64)) _exit(97);
  dup2(fd, 7);
  execv(argv[3], argv + 3);
  _exit(96);
}

int main(int argc, char **argv) {
  if (argc > 3 && !strcmp(argv[1], "listen")) listen_for(argv);
  fcntl(CONTROL, F_SETFD, FD_CLOEXEC), fcntl(RIGHTS, F_SETFD, FD_CLOEXEC);
  die_at_boot(getenv("WORKER_DEATHS"));
  is_fuzz = getenv("WORKER_FUZZ") != NULL;
  srand((unsigned)getpid());
  if (argc > 1 && !strcmp(argv[1], "fail")) _exit(5);
  if (argc > 2 && !strcmp(argv[1], "version")) version = (unsigned)atoi(argv[2]);
  const char *build = argc > 2 && !strcmp(argv[1], "build") ? argv[2] : "test";
  uint8_t hello[64];
  put32(hello, version), put32(hello + 4, (uint32_t)getpid());
  memcpy(hello + 8, build, strlen(build));
  control(HELLO, hello, 8 + strlen(build));
  for (;;) pump(0);
}
