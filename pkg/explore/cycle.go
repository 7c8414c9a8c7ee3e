package explore

import (
	"math/rand/v2"

	"example.com/unstuck/pkg/dataset"
)

// cycle deals batches of one size from the rows of the data, in an order drawn anew for each round. A batch
// may end one round and begin the next.
type cycle struct {
	data dataset.Data
	size int
	rng  *rand.Rand
	left []int // rows of the round at hand
}

func newCycle(d dataset.Data, size int, seed int64) (*cycle, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return &cycle{data: d, size: min(size, d.Rows()), rng: rand.New(rand.NewPCG(uint64(seed), 0x72616e6765))}, nil
}

func (c *cycle) next() (dataset.Data, error) {
	rows := make([]int, 0, c.size)
	for len(rows) < c.size {
		if len(c.left) == 0 {
			c.left = c.rng.Perm(c.data.Rows())
		}
		n := min(c.size-len(rows), len(c.left))
		rows = append(rows, c.left[:n]...)
		c.left = c.left[n:]
	}
	return c.data.Take(rows)
}

// peek is a batch of the same shape that counts for nothing.
func (c *cycle) peek() (dataset.Data, error) { return c.data.Slice(0, c.size) }
