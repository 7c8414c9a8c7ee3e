package main

// figure is what a paper says of a tool, on the paper's own cases.
type figure struct {
	Tool    string `json:"tool"`
	Figures string `json:"figures"`
	Source  string `json:"source"`
}

// publishedFigures are of other cases than ours, and count otherwise: they say how hard such programs are, and are no comparison.
var publishedFigures = []figure{
	{"DeepFD", "diagnoses 52% of faulty programs, the best of the tools before it 27%; locates 42%, the best before it 23%", "Cao et al., ICSE 2022, doi 10.1145/3510003.3510099, abstract"},
	{"NeuraLint", "recall 70.5%, precision 100% on 28 synthesized and 34 real programs", "Nikanjam et al., TOSEM 2022, doi 10.1145/3470006, abstract"},
	{"AutoTrainer", "detects 100% of its eight problems without a false alarm, repairs 98.42%, on 701 models of six data sets", "Zhang et al., TDSC 2024, doi 10.1109/tdsc.2024.3450951, abstract"},
	{"DEFault", "94% of 52 real faulty programs detected, the root cause of 63%", "Jahan et al., 2025, arXiv 2501.12560, abstract"},
	{"several, compared by others", "against one label a fault at most recall 0.33, precision 0.21; with all equivalent repairs DeepFD, the best, 0.55 and 0.37", "Humbatova et al., EMSE 2025, doi 10.1007/s10664-025-10657-7, abstract"},
}

// onDoctorCases are the numbers of rule sets from papers and tools on the 72 cases of ../shared/doctor-cases, as
// that folder's README reports them: top-1 over the faults, false alarms among 18 healthy cases.
var onDoctorCases = []struct {
	name   string
	top1   int
	alarms int
}{
	{"AUTOTRAINER, its code", 19, 11},
	{"AUTOTRAINER, its paper's five symptoms", 33, 11},
	{"SageMaker Debugger, every step", 26, 18},
	{"SageMaker Debugger, every 500 steps", 35, 14},
	{"TheDeepChecker, first message", 11, 18},
}
