package h5

// walk visits the leaves of a version-1 B-tree of the given type in order: visit gets a leaf's key and
// the address of what it stands for. Keys are keySize bytes long.
func (f *File) walk(address uint64, kind, keySize int, visit func(key []byte, child uint64) error) error {
	type node struct {
		address uint64
		level   int // that it must have; -1: the root, any
	}
	todo := []node{{address, -1}}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n.address == undefined {
			continue
		}
		c := f.at(n.address)
		c.magic("TREE")
		gotKind, level, entries := c.u8(), c.u8(), c.u16()
		c.skip(16) // siblings
		if c.err != nil {
			return c.err
		}
		if err := f.spend(entries + 1); err != nil {
			return err
		}
		if gotKind != kind || n.level >= 0 && level != n.level {
			return damaged("a B-tree node of type %d and level %d at %#x", gotKind, level, n.address)
		}
		var below []node
		for range entries {
			key, child := c.take(keySize), c.u64()
			if c.err != nil {
				return c.err
			}
			if level > 0 {
				below = append(below, node{child, level - 1})
			} else if err := visit(key, child); err != nil {
				return err
			}
		}
		for i := len(below) - 1; i >= 0; i-- {
			todo = append(todo, below[i])
		}
	}
	return nil
}
