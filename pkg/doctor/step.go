package doctor

import (
	"fmt"
	"sync"
	"time"
)

// Step is what an examination is about to do.
type Step struct {
	What string
	// Trial numbers the trainings, from 1, and Of is about how many there are where no treatment cures: those that the
	// plan still holds are counted, and it may change with what they show. Both are 0 for what trains nothing, Of before there is a plan.
	Trial, Of int
	// Left is about how long those of the plan that remain take, this one included, by the time of those before; 0: not known yet.
	Left time.Duration
}

// String is "trial 3 of about 12: training as given", or what is done alone.
func (s Step) String() string {
	switch {
	case s.Trial > 0 && s.Of > 0:
		return fmt.Sprintf("trial %d of about %d: %s", s.Trial, s.Of, s.What)
	case s.Trial > 0:
		return fmt.Sprintf("trial %d: %s", s.Trial, s.What)
	}
	return s.What
}

// teller passes steps on: one call at a time, and none after it was closed.
type teller struct {
	sync.Mutex
	closed bool
	to     Options
}

func (t *teller) tell(s Step) {
	if t == nil { // nobody listens
		return
	}
	t.Lock()
	defer t.Unlock()
	if t.closed {
		return
	}
	if t.to.Progress != nil {
		t.to.Progress(s.What)
	}
	if t.to.OnStep != nil {
		t.to.OnStep(s)
	}
}

func (t *teller) close() {
	t.Lock()
	defer t.Unlock()
	t.closed = true
}

// tell tells of what trains nothing.
func (e *examination) tell(format string, args ...any) {
	e.finds.note(e)
	e.teller.tell(Step{What: fmt.Sprintf(format, args...)})
}

// trial tells of a training that comes next; cost is its training steps beside those of the training as given.
func (e *examination) trial(cost float64, format string, args ...any) {
	e.finds.note(e)
	s := e.clock.begin(cost)
	s.What = fmt.Sprintf(format, args...)
	if e.planned != nil {
		more, costs := e.plan()
		s.Of = max(s.Trial, s.Trial-1+more)
		s.Left = e.clock.left(max(cost, costs))
	}
	e.teller.tell(s)
}

// clock tells how long trials take.
type clock struct {
	trials int
	done   float64 // costs of those before the one that runs
	cost   float64 // of that
	began  time.Time
}

func (c *clock) begin(cost float64) Step {
	if c.trials == 0 {
		c.began = time.Now()
	}
	c.trials++
	c.done += c.cost
	c.cost = cost
	return Step{Trial: c.trials}
}

// left is how long trials of those costs take, by the time of those that are over.
func (c *clock) left(costs float64) time.Duration {
	if c.done == 0 {
		return 0
	}
	return time.Duration(float64(time.Since(c.began)) / c.done * costs)
}

// plan counts the trials that remain where no treatment cures, with the sum of their costs: the treatments that are planned, and
// then the pairs, and what is added to the best of them.
func (e *examination) plan() (trials int, costs float64) {
	for _, s := range e.planned {
		for _, t := range e.alone(s) {
			if e.tried(t) == nil {
				trials++
				costs += t.costs()
			}
		}
	}
	if e.pairsToo {
		for _, p := range e.pairs(e.planned) {
			if !e.triedTogether(p[0].t, p[1].t) {
				trials++
				costs += max(p[0].t.costs(), p[1].t.costs())
			}
		}
		for _, three := range e.triples(e.planned) {
			if treatments := treatmentsOf(three); !e.triedTogether(treatments...) {
				trials++
				costs += max(treatments[0].costs(), treatments[1].costs(), treatments[2].costs())
			}
		}
	}
	return trials, costs
}

// costs are the training steps with a treatment beside those without.
func (t Treatment) costs() float64 {
	if t.cost > 0 {
		return t.cost
	}
	return 1
}
