// SPAWN: a command that is the guardian's child, so that its result outlives the worker.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "guardian.h"

enum { NEW_SESSION = 1, OUR_ENVIRONMENT = 2, MOST_DESCRIPTORS = 16, HIGHEST_TARGET = 63 };

extern char **environ;

// Strings that follow one another, each ended by NUL.
struct strings {
  const char *at, *end;
};

static char *next_string(struct strings *s) {
  const char *start = s->at, *nul = start < s->end ? memchr(start, 0, (size_t)(s->end - start)) : NULL;
  if (!nul) return NULL;
  s->at = nul + 1;
  return (char *)(uintptr_t)start;
}

// Returns NULL if there are fewer.
static char **next_strings(struct strings *s, size_t count) {
  char **list = allocate((count + 1) * sizeof *list);
  free_later(list);
  for (size_t i = 0; i < count; i++) {
    list[i] = next_string(s);
    if (!list[i]) return NULL;
  }
  return list;
}

// Reads errno of a failed exec, or the end of file of one that succeeded.
static void exec_done(struct source *s, uint32_t events) {
  struct process *p = OWNER(s, struct process, error_pipe);
  (void)events;
  int error = 0;
  ssize_t length = read(s->fd, &error, sizeof error);
  if (length < 0) return;
  source_close(s);
  if (length == sizeof error) p->error = error;
  if (length == 0 && !p->is_ended && worker_takes_frames()) exits_report_spawned(guardian.worker, p);
}

// Returns 0, or an errno.
static int start(struct launch *l, const char *name) {
  if (exits_has_name(name)) return EEXIST;
  if (exits_watched() >= MAX_EXITS) return EMFILE;
  for (size_t i = 0; i < l->descriptor_count; i++) {
    if (l->descriptors[i].source < 0) return ENOENT;
  }
  int error_pipe;
  pid_t pid = launch(l, &error_pipe);
  if (pid < 0) return errno;
  struct process *p = exits_add(pid, process_state(pid).start, name);
  p->error_pipe.ready = exec_done;
  if (!source_add(&p->error_pipe, error_pipe, EPOLLIN)) close(error_pipe);
  return 0;
}

void spawn(struct worker *w, const uint8_t *b, size_t length) {
  struct launch l = {.is_session = b[0] & NEW_SESSION, .descriptor_count = b[1]};
  size_t argc = (size_t)b[2] << 8 | b[3], envc = (size_t)b[4] << 8 | b[5], fixed = 6 + l.descriptor_count;
  struct strings s = {(const char *)b + fixed, (const char *)b + length};
  const char *name = fixed < length ? next_string(&s) : NULL;
  l.path = next_string(&s);
  l.directory = next_string(&s);
  bool is_whole = l.descriptor_count <= MOST_DESCRIPTORS && l.directory && name[0] && strlen(name) <= MAX_NAME;
  int received[MOST_DESCRIPTORS], received_count = 0;
  for (size_t i = 0; is_whole && i < l.descriptor_count; i++) {
    const char *key = next_string(&s);
    bool is_truncated = false;
    int fd = !key ? -1 : key[0] ? keys_find(key) : receive_descriptor(w->rights.fd, &is_truncated);
    if (key && !key[0] && fd >= 0) received[received_count++] = fd;
    l.descriptors[i] = (struct mapping){fd, b[6 + i]};
    is_whole = key && b[6 + i] <= HIGHEST_TARGET && (key[0] || fd >= 0);
  }
  l.argv = is_whole && argc > 0 ? next_strings(&s, argc) : NULL;
  l.environment = b[0] & OUR_ENVIRONMENT ? environ : l.argv ? next_strings(&s, envc) : NULL;
  if (l.argv && l.environment && s.at == s.end) {
    int error = start(&l, name);
    if (error) frame_refuse(w, SPAWN, error, name);
  } else {
    worker_doom(w, PROTOCOL_ERROR, true);
  }
  while (received_count > 0) close(received[--received_count]);
}
