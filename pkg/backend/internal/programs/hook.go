//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

//lint:file-ignore ST1003 the names are those that cgo makes

package programs

/*
#cgo linux LDFLAGS: -ldl
#include <stdlib.h>
#include "hook.h"
*/
import "C"

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

// slot is one plugin that loads its programs from a store. Slots are never freed: a client of the plugin may live on.
type slot struct {
	store *Store
	about []byte
	stats counters
}

type counters struct{ loaded, compiled, rejected atomic.Int64 }

const maxSlots = 4 // as many as hook.c has functions for

var (
	attaching sync.Mutex
	taken     int
	slots     [maxSlots]atomic.Pointer[slot]
	byPath    = map[string]int{}
)

// Attach makes the plugin at path take its programs from store, from now on and in the whole process. about is everything
// besides the program and its options that a compiled form depends on: plugin, processor, flags, devices. Attached again, the
// plugin has the new store.
//
// Errors are those of a plugin that can't serialize, and of one whose clients differ: which of them compiles is not to be
// seen. The plugin compiles as before then.
func Attach(path string, store *Store, about []byte) error {
	attaching.Lock()
	defer attaching.Unlock()
	i, again := byPath[path]
	if !again {
		i = taken
	}
	if i >= maxSlots {
		return fmt.Errorf("programs of more than %d plugins aren't kept", maxSlots)
	}
	if at := slots[i].Load(); at != nil && !bytes.Equal(at.about, about) {
		slots[i].Store(nil)
		return fmt.Errorf("%s is open with other settings already", path)
	}
	slots[i].Store(&slot{store: store, about: bytes.Clone(about)})
	if again {
		return nil
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if problem := C.unstuck_attach(name, C.int(i)); problem != nil {
		return fmt.Errorf("%s: %s", path, C.GoString(problem))
	}
	byPath[path] = i
	taken++
	return nil
}

// Detach lets the plugin at path compile by itself again.
func Detach(path string) {
	attaching.Lock()
	defer attaching.Unlock()
	if i, ok := byPath[path]; ok {
		slots[i].Store(nil)
	}
}

// StatsOf tells what became of the programs of the plugin at path since it was attached.
func StatsOf(path string) (s Stats) {
	attaching.Lock()
	defer attaching.Unlock()
	if i, ok := byPath[path]; ok {
		if at := slots[i].Load(); at != nil {
			s = Stats{Loaded: int(at.stats.loaded.Load()), Compiled: int(at.stats.compiled.Load()), Rejected: int(at.stats.rejected.Load())}
		}
	}
	return s
}

// unstuckCompile stands in for PJRT_Client_Compile.
//
//export unstuckCompile
func unstuckCompile(index C.int, args *C.unstuck_compile_args) unsafe.Pointer {
	at := slots[index].Load()
	if at == nil {
		return C.unstuck_original(index, args)
	}
	key := at.key(args)
	known, ok := at.store.Get(key)
	if ok && len(known) > 0 {
		args.executable = C.unstuck_load(index, args.client, (*C.char)(unsafe.Pointer(unsafe.SliceData(known))), C.size_t(len(known)))
		if args.executable != nil {
			at.stats.loaded.Add(1)
			return nil
		}
		at.stats.rejected.Add(1)
		at.store.Reject(key) // without a place for it, the next process tries again
	}
	failure := C.unstuck_original(index, args)
	if failure != nil {
		return failure
	}
	at.stats.compiled.Add(1)
	if ok || at.store.closed() {
		return nil
	}
	var serialized C.unstuck_serialized
	if C.unstuck_serialize(index, args.executable, &serialized) == 0 {
		return nil
	}
	at.store.Put(key, unsafe.Slice((*byte)(unsafe.Pointer(serialized.bytes)), int(serialized.size))) // what can't be kept is compiled again
	C.unstuck_free(&serialized)
	return nil
}

func (s *slot) key(args *C.unstuck_compile_args) Key {
	h := sha256.New()
	add := func(bytes unsafe.Pointer, size C.size_t) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(size)))
		h.Write(unsafe.Slice((*byte)(bytes), int(size)))
	}
	add(unsafe.Pointer(unsafe.SliceData(s.about)), C.size_t(len(s.about)))
	p := args.program
	add(unsafe.Pointer(p.format), p.format_size)
	add(unsafe.Pointer(p.code), p.code_size)
	add(unsafe.Pointer(args.options), args.options_size)
	return Key(h.Sum(nil))
}
