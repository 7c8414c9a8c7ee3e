package allowance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// heard is a test that notes its failures in place of failing.
type heard struct {
	testing.TB
	said []string
}

func (*heard) Helper() {}

func (h *heard) Errorf(format string, args ...any) {
	h.said = append(h.said, fmt.Sprintf(format, args...))
}

var sink []byte

func TestMemory(t *testing.T) {
	h := &heard{}
	Allowance{Fixed: 1 << 16, PerByte: 10}.Check(h, 1<<20, func() { sink = make([]byte, 9<<20) })
	assert.Empty(t, h.said)
	Allowance{Fixed: 1 << 16, PerByte: 10}.Check(h, 1<<20, func() {
		for range 3 {
			sink = make([]byte, 5<<20) // garbage counts
		}
	})
	assert.Len(t, h.said, 1)
	assert.Contains(t, strings.Join(h.said, ""), "on an input of 1048576 bytes, 10551296 are allowed")
}

func TestTime(t *testing.T) {
	h := &heard{}
	Allowance{Fixed: 1 << 20, Time: 20 * time.Millisecond}.Check(h, 0, func() {
		for began := time.Now(); time.Since(began) < 200*time.Millisecond; {
			sink = nil
		}
	})
	assert.Len(t, h.said, 1)
	assert.Contains(t, strings.Join(h.said, ""), "20ms are allowed")
}
