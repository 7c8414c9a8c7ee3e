package dataset

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sbinet/npyio/npy"
)

// WriteNPZ writes the arrays x and y, and sample_weight if d has weights, all float32, for numpy.load and
// [ReadNPZ] to read. Names of features and targets have no place in it. The shapes must be valid
// ([Data.ValidateShapes]). The file appears whole or not at all.
func WriteNPZ(path string, d Data) error { return WriteNPZNamed(path, d, []string{"x"}, []string{"y"}) }

// WriteNPZNamed is [WriteNPZ] under other names, one for X and each of MoreX, and one for Y and each of MoreY.
func WriteNPZNamed(path string, d Data, inputs, outputs []string) error {
	if err := d.ValidateShapes(); err != nil {
		return err
	}
	if len(inputs) != 1+len(d.MoreX) || len(outputs) != 1+len(d.MoreY) {
		return fmt.Errorf("dataset: the data has %d inputs and %d outputs, there are names for %d and %d: name each (WriteNPZNamed)",
			1+len(d.MoreX), 1+len(d.MoreY), len(inputs), len(outputs))
	}
	names, arrays := slices.Concat(inputs, outputs), slices.Concat(d.Inputs(), d.Outputs())
	if d.SampleWeight != nil {
		names = append(names, "sample_weight")
		arrays = append(arrays, Array{Shape: []int{len(d.SampleWeight)}, Values: d.SampleWeight})
	}
	return save(path, func(w io.Writer) error { return writeArrays(w, names, arrays) })
}

func writeEntry(archive *zip.Writer, name string, a Array) error {
	w, err := archive.Create(name + ".npy")
	if err != nil {
		return err
	}
	return writeNPY(w, a)
}

// writeNPY writes version 1 of NumPy's format. npyio writes only what Go's types can express, which a shape
// known at run time is not.
func writeNPY(w io.Writer, a Array) error {
	axes := make([]string, len(a.Shape))
	for i, n := range a.Shape {
		axes[i] = strconv.Itoa(n)
	}
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }", strings.Join(axes, ", "))
	if len(axes) > 1 {
		text = strings.Replace(text, ",), }", "), }", 1)
	}
	const before = 10                                               // magic, version, length
	padding := 63 - (before+len(text))%64                           // so that the data starts at a multiple of 64
	text += strings.Repeat(" ", padding) + "\n"                     // which the newline completes
	head := append(npy.Magic[:len(npy.Magic):len(npy.Magic)], 1, 0) // version 1.0
	head = binary.LittleEndian.AppendUint16(head, uint16(len(text)))
	if _, err := w.Write(append(head, text...)); err != nil {
		return err
	}
	chunk := make([]byte, 0, 1<<15)
	for i, v := range a.Values {
		chunk = binary.LittleEndian.AppendUint32(chunk, math.Float32bits(v))
		if len(chunk) == cap(chunk) || i == len(a.Values)-1 {
			if _, err := w.Write(chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return nil
}
