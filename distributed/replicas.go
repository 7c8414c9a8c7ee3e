package distributed

import (
	"context"
	"fmt"
)

// replicate keeps all of the queue on so many servers of a cluster from now on. What else is set of its streams, limits of size for one,
// stays as somebody set it.
func (q *Queue) replicate(ctx context.Context, n int) error {
	for _, name := range q.streams() {
		s, err := q.js.Stream(ctx, name)
		if err != nil {
			return fmt.Errorf("the stream %s: %w", name, err)
		}
		config := s.CachedInfo().Config
		if config.Replicas == n {
			continue
		}
		config.Replicas = n
		if _, err := q.js.UpdateStream(ctx, config); err != nil {
			return fmt.Errorf("the stream %s on %d servers: %w", name, n, err)
		}
	}
	return nil
}
