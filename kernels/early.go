package kernels

import (
	"context"
	"encoding/json"
	"time"
)

// goplsConnects is how long behind its own start GoNB connects to gopls: 12 seconds, and what it does before it begins to count. A
// question that comes earlier waits in GoNB for 12 seconds from then on, and everything else that GoNB is asked waits behind it.
const goplsConnects = 13 * time.Second

// question is what a complete_request or an inspect_request asks: about a place in a cell, counted in characters.
type question struct {
	Code   string
	Cursor int `json:"cursor_pos"`
}

// questionOf returns what a message asks about a cell, false where that is nothing.
func questionOf(m message) (q question, ok bool) {
	switch m.Header.Type {
	case "complete_request", "inspect_request":
		return q, json.Unmarshal(m.Content, &q) == nil
	}
	return q, false
}

// atHand returns the question that a message asks where the types that it needs are at hand.
func (c *cells) atHand(m message) (q question, ok bool) {
	if c == nil || c.session == nil {
		return q, false
	}
	q, ok = questionOf(m)
	return q, ok && c.session.AtHand(q.Code)
}

// early returns the question that a message asks where it comes before gopls is there to be asked.
func (c *cells) early(m message) (q question, ok bool) {
	if c == nil || c.session == nil || c.typesOf == nil || !time.Now().Before(c.gopls) {
		return q, false
	}
	return questionOf(m)
}

// awaitTypes looks for the types that an early question needs, and returns when they are at hand, when gopls is to be asked, or when
// whoever asked has gone. The search ends in any case: GoNB waits 8 seconds for gopls, which needs the processor.
func (c *cells) awaitTypes(q question, gone <-chan struct{}) {
	ctx, stop := context.WithDeadline(context.Background(), c.gopls)
	defer stop()
	found := make(chan struct{})
	go func() {
		defer close(found)
		// Someone waits, so this is no time for the lowest priority, nor for packages that the cell doesn't mention.
		c.session.PrepareFor(q.Code, func(paths []string) map[string]string { return c.typesOf(ctx, paths, 0) })
	}()
	select {
	case <-found:
	case <-ctx.Done():
	case <-gone:
	}
}

// awaitGopls returns when gopls is there to be asked, false where whoever asked has gone.
func (c *cells) awaitGopls(gone <-chan struct{}) bool {
	timer := time.NewTimer(time.Until(c.gopls))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-gone:
		return false
	}
}
