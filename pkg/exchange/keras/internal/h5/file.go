package h5

import (
	"fmt"
	"strings"
)

const signature = "\x89HDF\r\n\x1a\n"

// undefined marks an address without an object.
const undefined = ^uint64(0)

// File is an HDF5 file held in memory. It is not safe for concurrent use.
type File struct {
	data   []byte
	root   uint64                       // address of the root group's object header
	groups map[uint64]map[string]uint64 // members of the groups seen so far, by the group's address
	heaps  map[uint64]map[uint32][]byte // objects of the global heaps seen so far, by the heap's address
	budget int                          // entries that may still be looked at
}

// spend counts entries of headers, nodes and groups that were looked at. In a file from a writer each is
// looked at a few times at most; in one that refers in circles the budget runs out.
func (f *File) spend(entries int) error {
	if f.budget -= entries; f.budget < 0 {
		return damaged("its parts refer to each other again and again")
	}
	return nil
}

// Parse reads the superblock of a file's content, which must not change afterwards. Errors: [ErrFormat]
// for anything that isn't HDF5, [ErrUnsupported] for a superblock of another version or unusual sizes.
func Parse(data []byte) (*File, error) {
	f := &File{data: data, groups: map[uint64]map[string]uint64{}, heaps: map[uint64]map[uint32][]byte{}, budget: 1<<16 + 4*len(data)}
	c := &cursor{data: data}
	c.magic(signature)
	version := c.u8()
	if c.err == nil && version > 3 {
		return nil, unsupported("superblock version %d", version)
	}
	if version <= 1 {
		c.skip(4)
	}
	offsets, lengths := c.u8(), c.u8()
	if c.err == nil && (offsets != 8 || lengths != 8) {
		return nil, unsupported("addresses of %d and lengths of %d bytes", offsets, lengths)
	}
	switch version {
	case 0:
		c.skip(1 + 4 + 4)
	case 1:
		c.skip(1 + 4 + 4 + 4)
	default:
		c.skip(1)
	}
	base := c.u64()
	if version <= 1 {
		c.skip(3*8 + 8) // free space, end of file, driver; the root's name
	} else {
		c.skip(2 * 8) // extension, end of file
	}
	f.root = c.u64()
	if c.err != nil {
		return nil, fmt.Errorf("superblock: %w", c.err)
	}
	if base != 0 {
		return nil, unsupported("a user block of %d bytes in front", base)
	}
	return f, nil
}

// at returns the file from an address on.
func (f *File) at(address uint64) *cursor {
	if address >= uint64(len(f.data)) {
		return &cursor{err: damaged("address %#x lies behind the end of the file, %d bytes", address, len(f.data))}
	}
	return &cursor{data: f.data[address:]}
}

// block returns length bytes at an address.
func (f *File) block(address, length uint64) ([]byte, error) {
	c := f.at(address)
	if c.err == nil && length > uint64(len(c.data)) {
		c.err = damaged("%d bytes at %#x, the file has %d", length, address, len(f.data))
	}
	if c.err != nil {
		return nil, c.err
	}
	return c.data[:length:length], nil
}

// find returns the address of the object with this path, "layers/dense/vars/0"; "" is the root group.
func (f *File) find(path string) (uint64, error) {
	address := f.root
	done := ""
	for _, name := range strings.Split(path, "/") {
		if name == "" {
			continue
		}
		members, err := f.members(address)
		if err != nil {
			return 0, fmt.Errorf("group %q: %w", "/"+done, err)
		}
		next, ok := members[name]
		if !ok {
			return 0, fmt.Errorf("%q in group %q: %w", name, "/"+done, ErrNotFound)
		}
		address = next
		done = strings.TrimPrefix(done+"/"+name, "/")
	}
	return address, nil
}
