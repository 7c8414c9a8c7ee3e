//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "_cgo_export.h"
#include "hook.h"

#define SLOTS 4

static struct {
	unstuck_api *api;
	void *(*compile)(unstuck_compile_args *);
} slots[SLOTS];

// A function of PJRT is given nothing that tells the plugin, so each slot has one of its own.
static void *compile0(unstuck_compile_args *args) { return unstuckCompile(0, args); }
static void *compile1(unstuck_compile_args *args) { return unstuckCompile(1, args); }
static void *compile2(unstuck_compile_args *args) { return unstuckCompile(2, args); }
static void *compile3(unstuck_compile_args *args) { return unstuckCompile(3, args); }
static void *(*const compiles[SLOTS])(unstuck_compile_args *) = {compile0, compile1, compile2, compile3};

// put writes one pointer of the table, which may lie in memory that the loader has closed to writing.
static const char *put(void **place, void *value) {
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *start = (void *)((uintptr_t)place & ~(uintptr_t)(page - 1));
	if (mprotect(start, page, PROT_READ | PROT_WRITE)) return "the plugin's table of functions can't be written to";
	*place = value;
	return NULL;
}

const char *unstuck_attach(const char *path, int slot) {
	if (slot < 0 || slot >= SLOTS) return "more plugins than are expected";
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!library) return "the plugin can't be loaded";
	unstuck_api *(*entry)(void) = (unstuck_api *(*)(void))dlsym(library, "GetPjrtApi");
	if (!entry) return "the plugin has no GetPjrtApi";
	unstuck_api *api = entry();
	if (!api || api->version.major != 0) return "the plugin speaks another version of the interface";
	if (api->size < offsetof(unstuck_api, functions) + (unstuck_deserialize_and_load + 1) * sizeof(void *))
		return "the plugin's table of functions is too short";
	if (!api->functions[unstuck_executable_serialize] || !api->functions[unstuck_deserialize_and_load])
		return "the plugin can't serialize programs";
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].api == api) return "the plugin is attached already";
	slots[slot].compile = (void *(*)(unstuck_compile_args *))api->functions[unstuck_client_compile];
	slots[slot].api = api;
	const char *problem = put(&api->functions[unstuck_client_compile], (void *)compiles[slot]);
	if (problem) slots[slot].api = NULL;
	return problem;
}

void *unstuck_original(int slot, unstuck_compile_args *args) { return slots[slot].compile(args); }

#define CALL(slot, index, args) (((void *(*)(void *))slots[slot].api->functions[index])(args))

// failed frees an error, and tells whether there was one.
static int failed(int slot, void *error) {
	if (!error) return 0;
	struct { size_t size; void *extensions; void *error; } args = {sizeof args, NULL, error};
	((void (*)(void *))slots[slot].api->functions[unstuck_error_destroy])(&args);
	return 1;
}

int unstuck_serialize(int slot, void *loaded, unstuck_serialized *out) {
	struct { size_t size; void *extensions; void *loaded; void *executable; } get = {sizeof get, NULL, loaded, NULL};
	if (failed(slot, CALL(slot, unstuck_get_executable, &get))) return 0;
	struct {
		size_t size;
		void *extensions;
		void *executable;
		const char *bytes;
		size_t bytes_size;
		void *owner;
		void (*deleter)(void *);
	} args;
	memset(&args, 0, sizeof args);
	args.size = sizeof args;
	args.executable = get.executable;
	int ok = !failed(slot, CALL(slot, unstuck_executable_serialize, &args));
	struct { size_t size; void *extensions; void *executable; } destroy = {sizeof destroy, NULL, get.executable};
	failed(slot, CALL(slot, unstuck_executable_destroy, &destroy));
	if (ok) *out = (unstuck_serialized){args.bytes, args.bytes_size, args.owner, args.deleter};
	return ok;
}

void unstuck_free(unstuck_serialized *serialized) {
	if (serialized->deleter) serialized->deleter(serialized->owner);
}

void *unstuck_load(int slot, void *client, const char *bytes, size_t size) {
	struct {
		size_t size;
		void *extensions;
		void *client;
		const char *bytes;
		size_t bytes_size;
		void *loaded;
		const char *options;
		size_t options_size;
	} args;
	memset(&args, 0, sizeof args);
	args.size = sizeof args;
	args.client = client;
	args.bytes = bytes;
	args.bytes_size = size;
	if (failed(slot, CALL(slot, unstuck_deserialize_and_load, &args))) return NULL;
	return args.loaded;
}
