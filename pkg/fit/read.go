package fit

import (
	"reflect"
	"runtime"

	"github.com/gomlx/compute"
)

// read copies the values of b to flat, a slice of its type and size. Where the device shares the host's memory
// they are taken from there: asking for a transfer, and waiting for it, takes as long as several small steps.
func read(b compute.Buffer, flat any) error {
	if !b.Backend().HasSharedBuffers() {
		return b.ToFlatData(flat)
	}
	values, err := b.Data()
	if err != nil {
		return err
	}
	reflect.Copy(reflect.ValueOf(flat), reflect.ValueOf(values))
	runtime.KeepAlive(b) // the values go with it
	return nil
}
