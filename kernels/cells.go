package kernels

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"example.com/unstuck/kernels/internal/cell"
)

// carryFolder is the environment variable by which the package notebook finds the values of earlier cells.
const carryFolder = "UNSTUCK_CARRIED"

// mostAsked is how many requests are known by their IDs: more than a client has under way.
const mostAsked = 10_000

// carried is the folder of these values in a kernel's own.
func carried(folder string) string { return filepath.Join(folder, "carried") }

// cells rewrites the cells on their way to GoNB, and remembers what it needs to tell of them in the words and lines of
// whoever wrote them.
type cells struct {
	session *cell.Session
	folder  string    // the kernel's own
	gopls   time.Time // from when on it answers, about
	// typesOf compiles packages and finds their types; nil: gopls is asked.
	typesOf func(ctx context.Context, paths []string, priority int) map[string]string

	mu       sync.Mutex
	asked    map[string]*asked // by the ID of the request, the last mostAsked ones
	order    []string          // their IDs
	byNumber map[int]*asked
}

// asked is a cell as it was written and as GoNB got it.
type asked struct {
	code      string
	rewritten cell.Rewritten
	number    int    // 0: not known yet
	stderr    string // its last words
	// panicked is what its program panicked with, panickedAt the first cell and line of the trace.
	panicked, panickedAt string
}

// request puts what GoNB is to get into an execute_request.
func (c *cells) request(m message) (content json.RawMessage, changed bool) {
	if c == nil || c.session == nil {
		return nil, false
	}
	var fields map[string]json.RawMessage
	var code string
	if json.Unmarshal(m.Content, &fields) != nil || json.Unmarshal(fields["code"], &code) != nil {
		return nil, false
	}
	r := c.session.Rewrite(code)
	c.mu.Lock()
	if c.asked == nil {
		c.asked, c.byNumber = map[string]*asked{}, map[int]*asked{}
	}
	c.asked[m.Header.ID] = &asked{code: code, rewritten: r}
	if c.order = append(c.order, m.Header.ID); len(c.order) > mostAsked {
		delete(c.asked, c.order[0])
		c.order = c.order[1:]
	}
	c.mu.Unlock()
	for _, name := range r.Anew {
		os.Remove(filepath.Join(carried(c.folder), name)) // or there is none
	}
	if r.Code == code {
		return nil, false
	}
	if fields["code"], _ = json.Marshal(r.Code); fields["code"] == nil {
		return nil, false
	}
	content, err := json.Marshal(fields)
	return content, err == nil
}

// answered notes how a cell has ended.
func (c *cells) answered(reply message) {
	if c == nil || c.session == nil {
		return
	}
	var content struct {
		Status, Evalue string
		Number         int `json:"execution_count"`
	}
	known := c.of(reply.parentID())
	if known == nil || json.Unmarshal(reply.Content, &content) != nil {
		return
	}
	c.numbered(reply.parentID(), content.Number)
	c.session.Number(known.rewritten, c.numberBeside(known))
	defer c.spoken(known)
	if content.Status == "ok" || !notCompiled(content.Evalue) {
		c.session.Ran(known.rewritten, c.program())
		for name, value := range known.rewritten.Set {
			if _, err := os.Stat(filepath.Join(carried(c.folder), name)); value.File && err != nil {
				c.session.Lose(name, whyLost(content.Status))
			}
		}
	} else {
		c.session.Failed(known.rewritten)
	}
	if forgetsImports(known.code) {
		c.session.Forget()
	}
	if names := removed(known.code); len(names) > 0 {
		c.session.Forget(names...)
	}
}

// whyLost says why a value isn't in its file when its cell has ended.
func whyLost(status string) string {
	if status == "ok" {
		return "that cell couldn't put it into a file, and said why"
	}
	return "that cell ended before it came to it"
}

// spoken forgets a program's last words when it has ended.
func (c *cells) spoken(known *asked) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known.stderr = ""
}

// notCompiled tells by GoNB's error whether a cell was never a program.
func notCompiled(evalue string) bool {
	return strings.Contains(evalue, "go build") || strings.Contains(evalue, "parsing go files") || strings.Contains(evalue, "goimports") ||
		strings.Contains(evalue, "main.go:") || strings.Contains(evalue, "special commands")
}

// program is the source that GoNB has made of the last cell.
func (c *cells) program() string {
	found := glob(c.folder, "gonb_*/main.go")
	if len(found) != 1 {
		return ""
	}
	content, err := os.ReadFile(found[0])
	if err != nil {
		return ""
	}
	return string(content)
}

func (c *cells) of(id string) *asked {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[id]
}

// numbered notes the number that the notebook shows beside a cell.
func (c *cells) numbered(id string, number int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.asked[id]; known != nil && number > 0 {
		known.number = number
		c.byNumber[number] = known
	}
}

// numberBeside is the number that the notebook shows beside a cell, 0 before it is known.
func (c *cells) numberBeside(known *asked) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return known.number
}

// removed are the names of the commands %rm and %remove in a cell.
func removed(cell string) (names []string) {
	for line := range strings.Lines(cell) {
		words := strings.Fields(strings.TrimPrefix(line, "//gonb:"))
		if len(words) > 1 && (words[0] == "%rm" || words[0] == "%remove") {
			names = append(names, words[1:]...)
		}
	}
	return names
}
