package torch

// operations read an operation each, by PyTorch's name of it without "torch.ops.aten.", with its overload or, then without lines under
// its ends, without. They are given by the files that know them.
var operations = map[string]func(c *call) ([]value, error){}

// reads is for the files that give operations.
func reads(read func(c *call) ([]value, error), names ...string) struct{} {
	for _, name := range names {
		operations[name] = read
	}
	return struct{}{}
}

// one is the list of one value.
func one(v value, err error) ([]value, error) {
	if err != nil {
		return nil, err
	}
	return []value{v}, nil
}
