package devices

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// buffer is a value that is on the first device, and on the others once a program of theirs was given it.
type buffer struct {
	backend *Backend
	copies  []compute.Buffer // of the whole, by device; nil: not there
	parts   []compute.Buffer // by device; nil: it was never split
	axis    int              // along which it was
}

// alone is a value on the first device.
func (b *Backend) alone(first compute.Buffer) *buffer {
	copies := make([]compute.Buffer, b.n)
	copies[0] = first
	return &buffer{backend: b, copies: copies}
}

// on is what a device has of it: its part along the axis, or the whole.
func (b *buffer) on(device, axis int) (_ compute.Buffer, err error) {
	if axis != Whole {
		if err := b.split(axis); err != nil {
			return nil, err
		}
		return b.parts[device], nil
	}
	if b.copies[device] == nil {
		if b.copies[device], err = b.copies[0].CopyToDevice(compute.DeviceNum(device)); err != nil {
			return nil, fmt.Errorf("copying to device %d: %w", device, err)
		}
	}
	return b.copies[device], nil
}

// split gives every device its part, by way of the host: what is split is small, the order of a batch's rows.
func (b *buffer) split(axis int) error {
	if b.parts != nil && b.axis == axis {
		return nil
	}
	s, err := b.Shape()
	if err != nil {
		return err
	}
	flat := dtypes.MakeAnySlice(s.DType, s.Size())
	if err := b.ToFlatData(flat); err != nil {
		return err
	}
	n := b.backend.n
	part := s.Clone()
	part.Dimensions[axis] /= n
	run := 1 // values that lie together
	for _, size := range part.Dimensions[axis:] {
		run *= size
	}
	parts := make([]compute.Buffer, n)
	all := reflect.ValueOf(flat)
	for d := range parts {
		own := reflect.ValueOf(dtypes.MakeAnySlice(s.DType, part.Size()))
		for at := 0; at < part.Size(); at += run {
			from := at*n + d*run
			reflect.Copy(own.Slice(at, at+run), all.Slice(from, from+run))
		}
		if parts[d], err = b.backend.Backend.BufferFromFlatData(compute.DeviceNum(d), own.Interface(), part); err != nil {
			finalize(parts)
			return fmt.Errorf("copying a part to device %d: %w", d, err)
		}
	}
	finalize(b.parts)
	b.parts, b.axis = parts, axis
	return nil
}

// given notes that a program on the first devices has taken the whole for good; no one else has use for the rest.
func (b *buffer) given(devices int) {
	finalize(b.copies[devices:])
	finalize(b.parts)
	b.copies, b.parts = make([]compute.Buffer, len(b.copies)), nil
}

// Backend implements compute.Buffer.
func (b *buffer) Backend() compute.Backend { return b.backend }

// Finalize implements compute.Buffer.
func (b *buffer) Finalize() error {
	return errors.Join(finalize(b.copies), finalize(b.parts))
}

// Shape implements compute.Buffer.
func (b *buffer) Shape() (shapes.Shape, error) { return b.copies[0].Shape() }

// DeviceNum implements compute.Buffer: the devices are one.
func (b *buffer) DeviceNum() (compute.DeviceNum, error) { return 0, nil }

// ToFlatData implements compute.Buffer.
func (b *buffer) ToFlatData(flat any) error { return b.copies[0].ToFlatData(flat) }

// Data implements compute.Buffer; it is an error, see [Backend.HasSharedBuffers].
func (b *buffer) Data() (any, error) {
	return nil, fmt.Errorf("%d devices share no memory with the host", b.backend.n)
}

// CopyToDevice implements compute.Buffer; it is an error: the devices are one.
func (b *buffer) CopyToDevice(compute.DeviceNum) (compute.Buffer, error) {
	return nil, errors.New("the value is on all devices")
}

func finalize(buffers []compute.Buffer) error {
	var err error
	for _, b := range buffers {
		if b != nil {
			err = errors.Join(err, b.Finalize())
		}
	}
	return err
}
