package h5

// content returns an array's bytes, wherever the file keeps them.
func (f *File) content(header []message, shape []int, bytes int) ([]byte, error) {
	c, err := only(header, msgLayout)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, damaged("an array without a layout")
	}
	version, class := c.u8(), c.u8()
	if c.err == nil && version != 3 && version != 4 {
		return nil, unsupported("layout version %d", version)
	}
	var raw []byte
	switch {
	case c.err != nil:
		return nil, c.err
	case class == 0: // compact
		raw = c.take(c.u16())
		err = c.err
	case class == 1: // contiguous
		address, length := c.u64(), c.u64()
		if c.err != nil {
			return nil, c.err
		}
		if address == undefined && bytes > 0 {
			return nil, unsupported("an array that was never written")
		}
		if bytes > 0 {
			raw, err = f.block(address, length)
		}
	case class == 2 && version == 3:
		return f.chunked(c, header, shape, bytes)
	default:
		return nil, unsupported("layout class %d of version %d", class, version)
	}
	if err == nil && len(raw) < bytes {
		err = damaged("%d bytes where the shape %v needs %d", len(raw), shape, bytes)
	}
	if err != nil {
		return nil, err
	}
	return raw[:bytes], nil
}
