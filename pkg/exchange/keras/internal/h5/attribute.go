package h5

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Texts reads an attribute of a group or an array that holds strings, of fixed or variable length: one, or a list of them.
// An empty list of any type is none. [ErrNotFound] when there is no such attribute, or no such object; [ErrUnsupported] when
// it holds anything but strings. All together have at most as many bytes as the file: it holds each once.
func (f *File) Texts(path, attribute string) ([]string, error) {
	address, err := f.find(path)
	if err != nil {
		return nil, err
	}
	header, err := f.header(address)
	if err != nil {
		return nil, fmt.Errorf("object %q: %w", path, err)
	}
	for _, m := range header {
		if m.kind == msgAttributeInfo && !m.shared {
			if err := denseAttributes(m.data); err != nil {
				return nil, fmt.Errorf("object %q: %w", path, err)
			}
		}
		if m.kind != msgAttribute {
			continue
		}
		if m.shared {
			return nil, fmt.Errorf("object %q: %w", path, unsupported("a shared attribute"))
		}
		a, err := parseAttribute(m.data)
		if err != nil {
			return nil, fmt.Errorf("an attribute of %q: %w", path, err)
		}
		if a.name != attribute {
			continue
		}
		texts, err := f.texts(a)
		if err != nil {
			return nil, fmt.Errorf("attribute %q of %q: %w", attribute, path, err)
		}
		return texts, nil
	}
	return nil, fmt.Errorf("attribute %q of %q: %w", attribute, path, ErrNotFound)
}

// denseAttributes refuses attributes outside of the header, as newer formats have them where there are many.
func denseAttributes(data []byte) error {
	c := &cursor{data: data}
	c.skip(1)
	if flags := c.u8(); flags&1 != 0 {
		c.skip(2)
	}
	if heap := c.u64(); c.err == nil && heap != undefined {
		return unsupported("so many attributes that they are stored densely")
	}
	return c.err
}

// attribute is one message of that kind, taken apart.
type attribute struct {
	name        string
	kind, space []byte // its type and its shape
	data        []byte
}

func parseAttribute(data []byte) (a attribute, err error) {
	c := &cursor{data: data}
	version, flags := c.u8(), c.u8()
	nameSize, kindSize, spaceSize := c.u16(), c.u16(), c.u16()
	padded := func(size int) []byte {
		b := c.take(size)
		if version == 1 {
			c.skip((8 - size%8) % 8)
		}
		return b
	}
	switch {
	case c.err != nil:
		return a, c.err
	case version < 1 || version > 3:
		return a, unsupported("attribute version %d", version)
	case version > 1 && flags&3 != 0:
		return a, unsupported("an attribute whose type or shape is shared")
	case version == 3:
		c.skip(1) // the name's character set
	}
	name := padded(nameSize)
	a.name = string(bytes.TrimRight(name[:min(len(name), maxName)], "\x00"))
	a.kind, a.space = padded(kindSize), padded(spaceSize)
	a.data = c.data
	return a, c.err
}

// Classes of HDF5's types.
const (
	classString   = 3
	classVariable = 9
)

// texts reads the strings of an attribute.
func (f *File) texts(a attribute) ([]string, error) {
	_, n, err := dataspace([]message{{kind: msgDataspace, data: a.space}})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nil
	}
	c := &cursor{data: a.kind}
	class, bits, _ := c.u8()&15, c.u16(), c.u8()
	size := c.u32()
	if c.err != nil {
		return nil, c.err
	}
	variable := class == classVariable && bits&15 == 1
	if class != classString && !variable {
		return nil, unsupported("values that aren't strings (type class %d)", class)
	}
	if variable && size != 16 {
		return nil, unsupported("references of %d bytes to strings", size)
	}
	if size == 0 || n > len(a.data)/int(size) {
		return nil, damaged("%d strings of %d bytes in %d", n, size, len(a.data))
	}
	texts, left := make([]string, n), len(f.data)
	for i := range texts {
		raw := a.data[i*int(size) : (i+1)*int(size)]
		if variable {
			if raw, err = f.heapObject(raw); err != nil {
				return nil, err
			}
		}
		if left -= len(raw); left < 0 {
			return nil, damaged("strings of more bytes than the file")
		}
		texts[i] = string(bytes.TrimRight(raw, "\x00"))
	}
	return texts, nil
}

// heapObject is what a reference to a global heap stands for: its length, the heap's address, its number there.
func (f *File) heapObject(reference []byte) ([]byte, error) {
	length, address, index := binary.LittleEndian.Uint32(reference), binary.LittleEndian.Uint64(reference[4:]), binary.LittleEndian.Uint32(reference[12:])
	if length == 0 || address == 0 || address == undefined {
		return nil, nil
	}
	objects, err := f.globalHeap(address)
	if err != nil {
		return nil, err
	}
	object, ok := objects[index]
	if !ok || uint64(length) > uint64(len(object)) {
		return nil, damaged("object %d of %d bytes isn't in the heap at %#x", index, length, address)
	}
	return object[:length], nil
}

// globalHeap are the objects in the heap at an address.
func (f *File) globalHeap(address uint64) (map[uint32][]byte, error) {
	if known, ok := f.heaps[address]; ok {
		return known, nil
	}
	c := f.at(address)
	c.magic("GCOL")
	version := c.u8()
	c.skip(3)
	size := c.u64()
	if c.err != nil {
		return nil, c.err
	}
	if version != 1 {
		return nil, unsupported("global heap version %d", version)
	}
	const head = 16 // of the heap, and of each object
	block, err := f.block(address, size)
	if err != nil {
		return nil, err
	}
	if len(block) < head {
		return nil, damaged("a heap of %d bytes", len(block))
	}
	c, objects := &cursor{data: block[head:]}, map[uint32][]byte{}
	for len(c.data) >= head {
		if err := f.spend(1); err != nil {
			return nil, err
		}
		index := c.u16()
		c.skip(6)
		length := c.u64()
		if index == 0 {
			break // what is free
		}
		if length > uint64(len(c.data)) {
			return nil, damaged("an object of %d bytes in a heap of %d", length, size)
		}
		objects[uint32(index)] = c.take(int(length))
		c.skip(min(len(c.data), int((8-length%8)%8)))
	}
	f.heaps[address] = objects
	return objects, nil
}
