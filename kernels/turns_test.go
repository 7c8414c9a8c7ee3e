package kernels

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestCellsTakeTurns(t *testing.T) {
	var all turns
	sent := make(chan string, 9)
	cell := func(id, client string, works bool) turn {
		return turn{id, client, func() bool { sent <- id; return works }}
	}
	next := func() string {
		select {
		case id := <-sent:
			return id
		case <-time.After(time.Minute):
			return "none"
		}
	}
	all.ask(cell("1", "a", true))
	all.ask(cell("2", "b", false))
	all.ask(cell("3", "a", true))
	all.ask(cell("4", "b", true))
	all.ask(cell("5", "a", true))
	assert.Equal(t, "1", next())
	assert.Empty(t, sent, "the others wait")
	all.done("3") // not its turn
	assert.Empty(t, sent)
	all.done("1")
	assert.Equal(t, "2", next())
	assert.Equal(t, "3", next(), "one that couldn't be sent holds up none")
	all.leave("a")
	assert.Equal(t, "4", next(), "neither does a client that is gone")
	all.done("4")
	all.ask(cell("6", "c", true))
	assert.Equal(t, "6", next())
}
