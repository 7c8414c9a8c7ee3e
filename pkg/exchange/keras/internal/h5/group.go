package h5

import (
	"bytes"
	"fmt"
	"slices"
)

// Members returns the names in a group, sorted; "" is the root. [ErrNotFound] when the path leads nowhere.
func (f *File) Members(path string) ([]string, error) {
	address, err := f.find(path)
	if err != nil {
		return nil, err
	}
	members, err := f.members(address)
	if err != nil {
		return nil, fmt.Errorf("group %q: %w", path, err)
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// members maps the names in the group at an address to the addresses of their object headers.
func (f *File) members(address uint64) (map[string]uint64, error) {
	if known, ok := f.groups[address]; ok {
		return known, nil
	}
	header, err := f.header(address)
	if err != nil {
		return nil, err
	}
	members, err := f.membersOf(header)
	if err == nil {
		f.groups[address] = members
	}
	return members, err
}

func (f *File) membersOf(header []message) (map[string]uint64, error) {
	members := map[string]uint64{}
	table, err := only(header, msgSymbolTable)
	if err != nil {
		return nil, err
	}
	if table != nil {
		tree, heap := table.u64(), table.u64()
		if table.err != nil {
			return nil, table.err
		}
		return members, f.symbolTable(tree, heap, members)
	}
	info, err := only(header, msgLinkInfo)
	if err != nil {
		return nil, err
	}
	if info == nil {
		return nil, fmt.Errorf("no group here: %w", ErrNotFound)
	}
	return members, links(header, info, members)
}

// symbolTable reads a group of the old format: a B-tree of nodes whose entries name into a heap.
func (f *File) symbolTable(tree, heap uint64, members map[string]uint64) error {
	names, err := f.localHeap(heap)
	if err != nil {
		return err
	}
	return f.walk(tree, 0, 8, func(_ []byte, node uint64) error {
		c := f.at(node)
		c.magic("SNOD")
		c.skip(2)
		symbols := c.u16()
		if err := f.spend(symbols); err != nil {
			return err
		}
		for range symbols {
			offset, object := c.u64(), c.u64()
			c.skip(24)
			if c.err != nil {
				break
			}
			if offset >= uint64(len(names)) {
				return damaged("a name at %d in a heap of %d bytes", offset, len(names))
			}
			name := names[offset:]
			end := bytes.IndexByte(name[:min(len(name), maxName)], 0)
			if end < 0 {
				return damaged("a name without an end")
			}
			members[string(name[:end])] = object
		}
		return c.err
	})
}

func (f *File) localHeap(address uint64) ([]byte, error) {
	c := f.at(address)
	c.magic("HEAP")
	c.skip(4)
	length := c.u64()
	c.skip(8)
	start := c.u64()
	if c.err != nil {
		return nil, c.err
	}
	return f.block(start, length)
}

// links reads a group of the newer format, whose members are messages in the header.
func links(header []message, info *cursor, members map[string]uint64) error {
	info.skip(1)
	flags := info.u8()
	if flags&1 != 0 {
		info.skip(8)
	}
	if heap := info.u64(); info.err == nil && heap != undefined {
		return unsupported("a group with so many members that they are stored densely")
	}
	for _, m := range header {
		if m.kind != msgLink {
			continue
		}
		c := &cursor{data: m.data}
		c.skip(1)
		flags := c.u8()
		kind := 0
		if flags&8 != 0 {
			kind = c.u8()
		}
		if flags&4 != 0 {
			c.skip(8) // order of creation
		}
		if flags&16 != 0 {
			c.skip(1) // character set
		}
		name := string(c.take(int(min(c.uint(1<<(flags&3)), maxName))))
		if c.err == nil && kind != 0 {
			return unsupported("member %q is a soft or external link", name)
		}
		members[name] = c.u64()
		if c.err != nil {
			return c.err
		}
	}
	return info.err
}
