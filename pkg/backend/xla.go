//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

/*
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

// The head of PJRT_Api (pjrt_c_api.h), the same in every version of it.
typedef struct {
	size_t size;
	void *extensions;
	struct { size_t size; void *extensions; int major, minor; } version;
} pjrt_head;

// pjrt_version loads the plugin and reads the version of its interface, calling nothing but its entry.
static const char *pjrt_version(const char *path, int *major, int *minor) {
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!library) return dlerror();
	pjrt_head *(*entry)(void) = (pjrt_head *(*)(void))dlsym(library, "GetPjrtApi");
	if (!entry) return dlerror();
	pjrt_head *api = entry();
	if (!api) return "GetPjrtApi returned nothing";
	*major = api->version.major;
	*minor = api->version.minor;
	return NULL;
}
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
	"k8s.io/klog/v2"

	"example.com/unstuck/pkg/backend/internal/hush"
)

// xlaBuiltIn tells whether this program can load plugins at all.
const xlaBuiltIn = true

// apiMajor is the major version of the PJRT interface that go-xla speaks. Minor versions only add to it;
// 0.81 to 0.115 were tried.
const apiMajor = 0

// init makes a copy of this program that was started as a trial do nothing else.
func init() {
	hush.Over()
	job := os.Getenv(trialVariable)
	if job == "" {
		return
	}
	os.Unsetenv(trialVariable)
	platform, path, _ := strings.Cut(job, " ")
	p := Plugin{Platform: platform, Path: path}
	result, opened := tryHere(p)
	answer, err := json.Marshal(result)
	if err != nil {
		os.Exit(3)
	}
	fmt.Printf("%s%s\n", trialMark, answer)
	// Behind the answer: a plugin that crashes here is one that compiles anew each time, and no worse.
	if opened != nil && guard(func() error { return tryPrograms(p, opened) }) == nil {
		fmt.Println(trialPrograms)
	}
	os.Exit(0)
}

func tryHere(p Plugin) (trial, compute.Backend) {
	path := C.CString(p.Path)
	defer C.free(unsafe.Pointer(path))
	var major, minor C.int
	if message := C.pjrt_version(path, &major, &minor); message != nil {
		return trial{Error: fmt.Sprintf("the plugin %s can't be loaded: %s", p.Path, C.GoString(message))}, nil
	}
	result := trial{API: fmt.Sprintf("%d.%d", int(major), int(minor)), Platform: p.Platform}
	if major != apiMajor {
		return trial{Error: fmt.Sprintf("the plugin %s speaks version %s of the PJRT interface, this program %d.x; install the plugin that this project pins", p.Path, result.API, apiMajor)}, nil
	}
	opened, err := openXLA(p, "")
	if err != nil {
		return trial{Error: err.Error()}, nil
	}
	for i := range opened.NumDevices() {
		result.Devices = append(result.Devices, opened.DeviceDescription(compute.DeviceNum(i)))
	}
	return result, opened
}

// openXLA loads a verified plugin and opens a client on it, with nothing written to standard error.
func openXLA(p Plugin, settings string) (opened compute.Backend, err error) {
	path, clean, err := plainPath(p)
	if err != nil {
		return nil, err
	}
	defer clean()
	devices, settings, err := takeDevices(p.Platform, settings)
	if err != nil {
		return nil, fmt.Errorf("the plugin %s can't be opened: %w", p.Path, err)
	}
	config := path + "," + settings
	if p.Platform == "cuda" {
		setCUDADir(path)
		if strings.Contains(strings.ToLower(path), "cpu") {
			config += ",noshared_buffers" // go-xla would share host memory with any plugin whose path says cpu
		}
	}
	state := klog.CaptureState()
	defer state.Restore()
	klog.SetLogger(klog.New(nil)) // no sink: what matters comes back as an error
	err = guard(func() error {
		b, err := newClient(p, config, devices)
		if err != nil {
			return fmt.Errorf("the plugin %s can't be opened: %w", p.Path, firstLine(err))
		}
		opened = b
		return nil
	})
	if err == nil {
		keepPrograms(p, settings) // the number of devices is among a program's own options
	}
	return opened, err
}

// newClient opens a client, on the CPU with settings that plugins are asked for and may not know:
//
//   - execution within the calling thread: handing each small graph to another one and waiting for it took 70 to
//     100 µs a training step of a two-layer net, against 25 to 35 µs without;
//   - one device, or as many as were asked for. The plugins' own default is four, with a thread for each of them at
//     least, and four threads in turns on two processors made the matrix products of an MLP a tenth slower.
//
// Both were measured on 2 cores with plugin 0.115. A plugin that refuses one is opened without it.
func newClient(p Plugin, config string, devices int) (*xla.Backend, error) {
	if p.Platform != "cpu" {
		return xla.NewWithOptions(config, nil)
	}
	options := pjrt.NamedValuesMap{"asynchronous": false, "cpu_device_count": int64(devices)}
	for {
		b, err := xla.NewWithOptions(config, options)
		known := len(options)
		for name := range options {
			if err != nil && strings.Contains(err.Error(), name) {
				delete(options, name)
			}
		}
		if err == nil || len(options) == known {
			return b, err
		}
	}
}
