package fit

import (
	"fmt"
	"sync"

	"github.com/gomlx/compute"
)

// programs holds compiled programs by what they were compiled for.
type programs struct {
	mu    sync.Mutex
	known map[string]*programEntry
}

type programEntry struct {
	once    sync.Once
	program compute.Executable
	err     error
}

// get returns the program of that key, compiling it when it is asked for the first time; others who ask
// meanwhile wait for it. A failure is remembered too.
func (p *programs) get(key string, compile func() (compute.Executable, error)) (compute.Executable, error) {
	p.mu.Lock()
	if p.known == nil {
		p.known = map[string]*programEntry{}
	}
	entry := p.known[key]
	if entry == nil {
		entry = &programEntry{}
		p.known[key] = entry
	}
	p.mu.Unlock()
	entry.once.Do(func() { entry.program, entry.err = compile() })
	return entry.program, entry.err
}

func (p *programs) fused(m *Model, s fusedShapes) (compute.Executable, error) {
	return p.get(m.key("fused", s), func() (compute.Executable, error) { return m.compileFused(s) })
}

func (p *programs) step(m *Model, d dataShapes, measured bool) (compute.Executable, error) {
	kind := "step"
	if measured {
		kind = "measured step"
	}
	return p.get(m.key(kind, d), func() (compute.Executable, error) { return m.compileStep(d, measured) })
}

func (p *programs) eval(m *Model, d dataShapes) (compute.Executable, error) {
	return p.get(m.key("eval", d), func() (compute.Executable, error) { return m.compileEval(d) })
}

func (p *programs) predict(m *Model, x []int) (compute.Executable, error) {
	return p.get(m.key("predict", x), func() (compute.Executable, error) { return m.compilePredict(x) })
}

// key tells programs of one model apart; m.description tells models apart. A model has more state once it
// is built for training, and every program takes all of it.
func (m *Model) key(kind string, shapes any) string {
	return fmt.Sprintf("%s %+v %d\n%s", kind, shapes, len(m.state.vars), m.description)
}
