// What this package needs of pjrt_c_api.h. The interface's major version 0 keeps every member where it is and only adds
// behind the last; a test compares this with the header of the go-xla that is in use.
#pragma once
#include <stddef.h>

typedef struct {
	size_t size;
	void *extensions;
	struct { size_t size; void *extensions; int major, minor; } version;
	void *functions[];
} unstuck_api;

enum {
	unstuck_error_destroy = 0,
	unstuck_client_compile = 20,
	unstuck_executable_destroy = 40,
	unstuck_executable_serialize = 49,
	unstuck_get_executable = 51,
	unstuck_deserialize_and_load = 56,
};

typedef struct {
	size_t size;
	void *extensions;
	char *code;
	size_t code_size;
	const char *format;
	size_t format_size;
} unstuck_program;

typedef struct {
	size_t size;
	void *extensions;
	void *client;
	const unstuck_program *program;
	const char *options;
	size_t options_size;
	void *executable; // out
} unstuck_compile_args;

// A program as bytes, which the plugin owns until they are freed.
typedef struct {
	const char *bytes;
	size_t size;
	void *owner;
	void (*deleter)(void *);
} unstuck_serialized;

// unstuck_attach loads the plugin and puts one of the functions for slots in place of its own for compiling. It returns
// what went wrong, and NULL when it is done.
const char *unstuck_attach(const char *path, int slot);

// unstuck_original compiles as the plugin does: the result is an error of PJRT.
void *unstuck_original(int slot, unstuck_compile_args *args);

// unstuck_serialize returns 0 if it can't be done.
int unstuck_serialize(int slot, void *loaded, unstuck_serialized *out);
void unstuck_free(unstuck_serialized *serialized);

// unstuck_load returns the loaded program, or NULL if the plugin doesn't take it.
void *unstuck_load(int slot, void *client, const char *bytes, size_t size);
