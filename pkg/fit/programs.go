package fit

import (
	"container/list"
	"errors"
	"fmt"
	"sync"

	"github.com/gomlx/compute"
)

// programs holds compiled programs by what they were compiled for: those in use, and of the others the ones used last.
type programs struct {
	backend compute.Backend
	drawn   drawn

	mu     sync.Mutex
	known  map[string]*programEntry
	recent *list.List // of *programEntry, the last one used in front
}

// mostPrograms is how many compiled programs a backend keeps for models to come: several sweeps' worth.
const mostPrograms = 64

func newPrograms(b compute.Backend) *programs {
	return &programs{backend: b, known: map[string]*programEntry{}, recent: list.New()}
}

// programEntry is a program that is being compiled or is there.
type programEntry struct {
	key     string
	place   *list.Element
	users   int // who asked for it and has not released it
	ready   chan struct{}
	program compute.Executable
	err     error
}

// program is a compiled program that somebody uses: it stays until it is released.
type program struct {
	compute.Executable
	of    *programs
	entry *programEntry
}

// get returns the program of that key, compiling it when there is none; others who ask meanwhile wait for it. A failure
// goes to all of them and is forgotten: the next one who asks tries again.
func (p *programs) get(key string, compile func() (compute.Executable, error)) (*program, error) {
	p.mu.Lock()
	e := p.known[key]
	fresh := e == nil
	if fresh {
		e = &programEntry{key: key, ready: make(chan struct{})}
		e.place = p.recent.PushFront(e)
		p.known[key] = e
	} else {
		p.recent.MoveToFront(e.place)
	}
	e.users++
	p.mu.Unlock()
	if fresh {
		p.compile(e, compile)
	}
	<-e.ready
	if e.err != nil {
		return nil, e.err
	}
	return &program{Executable: e.program, of: p, entry: e}, nil
}

// compile fills the entry in. When compile doesn't return, the entry is a failed one for those who wait.
func (p *programs) compile(e *programEntry, compile func() (compute.Executable, error)) {
	e.err = errors.New("the compilation was given up")
	defer func() {
		if e.err != nil {
			p.mu.Lock()
			p.drop(e)
			p.mu.Unlock()
		}
		close(e.ready)
	}()
	e.program, e.err = compile()
}

func (p *programs) drop(e *programEntry) {
	p.recent.Remove(e.place)
	delete(p.known, e.key)
}

// release ends the use of a program. It may be called on nil and more than once.
func (u *program) release() {
	if u == nil || u.entry == nil {
		return
	}
	p := u.of
	p.mu.Lock()
	u.entry.users--
	u.entry = nil
	idle := p.evict()
	p.mu.Unlock()
	for _, e := range idle {
		if !p.backend.IsFinalized() { // which has taken its programs with it
			e.Finalize()
		}
	}
}

// evict takes the programs out that are too many, the longest unused first; those in use stay.
func (p *programs) evict() (idle []compute.Executable) {
	for at := p.recent.Back(); at != nil && len(p.known) > mostPrograms; {
		e, before := at.Value.(*programEntry), at.Prev()
		if e.users == 0 {
			p.drop(e)
			idle = append(idle, e.program)
		}
		at = before
	}
	return idle
}

func (p *programs) fused(m *Model, s fusedShapes) (*program, error) {
	return p.get(m.key("fused", s), func() (compute.Executable, error) { return m.compileFused(m.backend, s) })
}

func (p *programs) step(m *Model, d dataShapes, measured bool) (*program, error) {
	kind := "step"
	if measured {
		kind = "measured step"
	}
	return p.get(m.key(kind, d), func() (compute.Executable, error) { return m.compileStep(m.backend, d, measured) })
}

func (p *programs) eval(m *Model, d dataShapes, together int) (*program, error) {
	return p.get(m.key(fmt.Sprint("eval ", together), d), func() (compute.Executable, error) { return m.compileEval(m.backend, d, together) })
}

func (p *programs) predict(m *Model, xs [][]int) (*program, error) {
	return p.get(m.key("predict", xs), func() (compute.Executable, error) { return m.compilePredict(xs) })
}

func (p *programs) masks(m *Model, xs [][]int) (*program, error) {
	return p.get(m.key("masks", xs), func() (compute.Executable, error) { return m.compileMasks(xs) })
}

// key tells programs apart: what they do and to which shapes, what the model's state is like, what it is made of.
func (m *Model) key(kind string, shapes any) string {
	return fmt.Sprintf("%s %+v\n%s\n%s\n%s", kind, shapes, m.stateKey(), m.description.text, m.description.identity)
}
