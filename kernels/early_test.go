package kernels

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/kernels/internal/cell"
)

// earlyCells know one package, whose types are there when found gets a value.
func earlyCells(t *testing.T, until time.Duration) (c *cells, found chan map[string]string) {
	c, found = newTestCells(t, ""), make(chan map[string]string)
	c.session = &cell.Session{Imports: map[string]string{"nn": "a/nn"}}
	c.gopls = time.Now().Add(until)
	c.typesOf = func(ctx context.Context, paths []string, priority int) map[string]string {
		assert.Equal(t, []string{"a/nn"}, paths)
		assert.Equal(t, 0, priority, "someone waits")
		return <-found
	}
	return c, found
}

var largest = map[string]any{"code": "largest := nn.L()\nlarg", "cursor_pos": 22}

// TestEarlyQuestionsWaitForTypes, and nothing else waits behind them.
func TestEarlyQuestionsWaitForTypes(t *testing.T) {
	c, found := earlyCells(t, time.Hour)
	s := relayed(t, &shell{key: testKey, cells: c})
	asked := s.request("complete_request", largest)
	run := s.request("execute_request", map[string]any{"code": "1", "store_history": true})
	require.Equal(t, run.Header.ID, s.receive(s.fromClient).Header.ID)
	s.send(s.kernel, reply(t, run, map[string]any{"status": "ok", "execution_count": 1}))
	require.Equal(t, run.Header.ID, s.receive(s.fromKernel).parentID())

	found <- map[string]string{"a/nn": ""}
	got := s.receive(s.fromKernel)
	assert.Equal(t, "complete_reply", got.Header.Type)
	assert.Equal(t, asked.Header.ID, got.parentID())
	assert.JSONEq(t, `{"status": "ok", "matches": ["largest"], "cursor_start": 18, "cursor_end": 22, "metadata": {}}`, string(got.Content))
	assert.Equal(t, "kernel_info_request", s.receive(s.fromClient).Header.Type, "which makes GoNB say busy and idle")

	again := s.request("complete_request", largest)
	assert.Equal(t, again.Header.ID, s.receive(s.fromKernel).parentID(), "from now on at once")
}

func TestEarlyQuestionsGoToGopls(t *testing.T) {
	for name, found := range map[string]bool{"the types are late": false, "there are none": true} {
		t.Run(name, func(t *testing.T) {
			c, finding := earlyCells(t, 300*time.Millisecond)
			s := relayed(t, &shell{key: testKey, cells: c})
			for _, kind := range []string{"complete_request", "inspect_request"} {
				asked := s.request(kind, largest)
				if found && time.Now().Before(c.gopls) {
					finding <- nil
				}
				got := s.receive(s.fromClient)
				assert.Equal(t, kind, got.Header.Type)
				assert.Equal(t, asked.Header.ID, got.Header.ID)
				assert.False(t, time.Now().Before(c.gopls), "it isn't there yet, and all that GoNB is asked would wait")
			}
			close(finding)
		})
	}
}

func TestAQuestionEndsWithItsClient(t *testing.T) {
	c, found := earlyCells(t, time.Hour)
	defer close(found)
	gone := make(chan struct{})
	close(gone)
	asked, err := newMessage("inspect_request", "client", nil, largest)
	require.NoError(t, err)
	q, early := c.early(asked)
	require.True(t, early)
	c.awaitTypes(q, gone)
	require.False(t, c.awaitGopls(gone))
	_, early = (*cells)(nil).early(asked)
	require.False(t, early)
}
