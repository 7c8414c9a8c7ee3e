package programs

// Stats counts programs: loaded from disk, compiled, and rejected by the plugin though they were on disk. Those are compiled
// too.
type Stats struct{ Loaded, Compiled, Rejected int }
