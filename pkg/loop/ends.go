package loop

import (
	"fmt"
	"path/filepath"
)

// hadNotEnded says why nothing is known of a loop behind its last step.
const hadNotEnded = "it was killed, or hadn't come to its end when its recording was read; watch.close() ends one"

// ends says why nothing is known of the loop behind the steps of its journal; empty: it had no more. That a journal holds nothing of what
// it tells of is an error.
func (r *Recording) ends(end journalEnd) (string, error) {
	n, of := len(r.Steps), max(end.written, r.Kept)
	if end.gap > 0 {
		return fmt.Sprintf("step %d isn't there though later ones are, as where a loop is interrupted within a step and goes on; what was recorded behind it isn't compared", end.gap), nil
	}
	if n < of && n == 0 && end.damaged == "" && (r.Ended || !end.torn) {
		return "", fmt.Errorf("%s: %d of %d steps are there: the file is cut off", filepath.Join(r.Folder, journalFile), n, of)
	}
	switch {
	case end.damaged != "":
		return fmt.Sprintf("%s is damaged, and %s can be read: step %d: %s", journalFile, ofSteps(n, of), n+1, end.damaged), nil
	case n < of:
		return fmt.Sprintf("%s has lost its end, and %s can be read, as where it was copied in part", journalFile, ofSteps(n, of)), nil
	case end.torn:
		return fmt.Sprintf("step %d: its record is cut off, as where a loop is killed while it is written", n+1), nil
	case !r.Ended:
		return hadNotEnded, nil
	}
	return "", nil
}

func ofSteps(n, of int) string {
	if of <= n {
		return fmt.Sprintf("the steps up to step %d", n)
	}
	return fmt.Sprintf("%d of %d steps", n, of)
}
