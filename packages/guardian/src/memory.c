// Memory, byte order and time.
#include <stdlib.h>
#include <string.h>

#include "guardian.h"

uint8_t chunk[65536];

// The guardian has a bounded need for memory. If there is none it ends, as any program that the kernel refuses memory.
void *allocate(size_t size) {
  void *memory = calloc(1, size);
  if (!memory) abort();
  return memory;
}

void buffer_put(struct buffer *b, const void *bytes, size_t length) {
  if (length == 0) return;
  if (b->length + length > b->capacity) {
    b->capacity = (b->length + length) * 3 / 2 + 64;
    uint8_t *larger = realloc(b->bytes, b->capacity);
    if (!larger) abort();
    b->bytes = larger;
  }
  memcpy(b->bytes + b->length, bytes, length);
  b->length += length;
}

void buffer_put32(struct buffer *b, uint32_t value) {
  const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
  buffer_put(b, bytes, sizeof bytes);
}

void buffer_put64(struct buffer *b, uint64_t value) {
  buffer_put32(b, (uint32_t)(value >> 32));
  buffer_put32(b, (uint32_t)value);
}

// Removes bytes from the front. An empty buffer gives its memory back.
void buffer_drop(struct buffer *b, size_t length) {
  b->length -= length;
  if (b->length == 0) {
    buffer_free(b);
    return;
  }
  if (length > 0) memmove(b->bytes, b->bytes + length, b->length);
}

void buffer_free(struct buffer *b) {
  free(b->bytes);
  *b = (struct buffer){0};
}

uint32_t get32(const uint8_t *b) {
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

uint64_t get64(const uint8_t *b) {
  return (uint64_t)get32(b) << 32 | get32(b + 4);
}

uint64_t elapsed_ms(uint64_t since) {
  uint64_t now = now_ms();
  return now > since ? now - since : 0;
}

uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
