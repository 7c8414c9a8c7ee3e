package h5

// Types of messages in an object header.
const (
	msgDataspace     = 0x0001
	msgLinkInfo      = 0x0002
	msgDatatype      = 0x0003
	msgLink          = 0x0006
	msgLayout        = 0x0008
	msgFilters       = 0x000B
	msgAttribute     = 0x000C
	msgContinuation  = 0x0010
	msgSymbolTable   = 0x0011
	msgAttributeInfo = 0x0015
)

// message is one entry of an object header.
type message struct {
	kind   int
	shared bool // the data is a reference to another place
	data   []byte
}

// span is a block of an object header that is still to be read.
type span struct{ address, length uint64 }

// header returns the messages of the object header at an address.
func (f *File) header(address uint64) ([]message, error) {
	c := f.at(address)
	if c.err == nil && len(c.data) >= 4 && string(c.data[:4]) == "OHDR" {
		return f.headerV2(address)
	}
	if version := c.u8(); c.err == nil && version != 1 {
		return nil, damaged("no object header at %#x", address)
	}
	c.skip(1 + 2 + 4)
	length := uint64(c.u32())
	c.skip(4) // to a multiple of 8
	if c.err != nil {
		return nil, c.err
	}
	return f.blocks(span{address + 16, length}, func(c *cursor) message {
		m := message{kind: c.u16()}
		size := c.u16()
		m.shared = c.u8()&2 != 0
		c.skip(3)
		m.data = c.take(size)
		return m
	}, "")
}

func (f *File) headerV2(address uint64) ([]message, error) {
	c := f.at(address)
	c.magic("OHDR")
	version, flags := c.u8(), c.u8()
	if c.err == nil && version != 2 {
		return nil, unsupported("object header version %d", version)
	}
	if flags&0x20 != 0 {
		c.skip(16) // times
	}
	if flags&0x10 != 0 {
		c.skip(4) // limits of attribute storage
	}
	length := c.uint(1 << (flags & 3))
	if c.err != nil {
		return nil, c.err
	}
	start := uint64(len(f.data) - len(c.data))
	return f.blocks(span{start, length}, func(c *cursor) message {
		m := message{kind: c.u8()}
		size := c.u16()
		m.shared = c.u8()&2 != 0
		if flags&4 != 0 {
			c.skip(2) // order of creation
		}
		m.data = c.take(size)
		return m
	}, "OCHK")
}

// blocks reads the messages of a header's first block and of the blocks that it leads to, which begin
// with a signature and end with a checksum in headers of version 2.
func (f *File) blocks(first span, next func(*cursor) message, magic string) ([]message, error) {
	var all []message
	minimum := 8
	if magic != "" {
		minimum = 4
	}
	todo := []span{first}
	for i := 0; i < len(todo); i++ {
		if err := f.spend(1); err != nil {
			return nil, err
		}
		data, err := f.block(todo[i].address, todo[i].length)
		if err != nil {
			return nil, err
		}
		c := &cursor{data: data}
		if i > 0 && magic != "" {
			c.magic(magic)
			if c.err == nil && len(c.data) >= 4 {
				c.data = c.data[:len(c.data)-4]
			}
		}
		for len(c.data) >= minimum {
			m := next(c)
			if c.err != nil {
				return nil, c.err
			}
			if m.kind == msgContinuation {
				k := &cursor{data: m.data}
				todo = append(todo, span{k.u64(), k.u64()})
				continue
			}
			if err := f.spend(1); err != nil {
				return nil, err
			}
			all = append(all, m)
		}
		if c.err != nil {
			return nil, c.err
		}
	}
	return all, nil
}

// only returns the message of a kind, nil when there is none.
func only(messages []message, kind int) (*cursor, error) {
	for _, m := range messages {
		if m.kind != kind {
			continue
		}
		if m.shared {
			return nil, unsupported("a shared header message of type %#x", kind)
		}
		return &cursor{data: m.data}, nil
	}
	return nil, nil
}
