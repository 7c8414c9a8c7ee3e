package loop

// Proof compares the recorded training with one by the correct step, on the recorded batches and from the recorded weights.
type Proof struct {
	Recorded []Number `json:"recorded"` // the loss of each step's batch, as it was recorded
	Correct  []Number `json:"correct"`  // and with the correct step
	// Start, RecordedEnd and CorrectEnd are the claimed loss of all recorded rows with the weights at the start and at both ends.
	Start       Number `json:"start"`
	RecordedEnd Number `json:"recorded_end"`
	CorrectEnd  Number `json:"correct_end"`
}
