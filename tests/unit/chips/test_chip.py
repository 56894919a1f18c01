"""The virtual chip against the data sheet, line by line."""

import pytest

from sim.chips.chip import BUSY_NS, Hx711Settings, UpdatePolicy, VirtualHx711
from sim.sensors.faults import FaultKind

US = 1_000
MS = 1_000_000
PERIOD_NS = 12_500_000


def quiet(**changes: object) -> Hx711Settings:
    """Return a chip without noise and jitter, its first conversion one period away."""
    return Hx711Settings(**({"jitter_ns": 0.0, "noise_counts": 0.0} | changes))  # type: ignore[arg-type]


def clock_out(chip: VirtualHx711, t_ns: int, pulses: int = 25) -> tuple[list[bool], int]:
    """Pulse the clock 1 us high and 1 us low; give the levels after each pulse and the time."""
    levels = []
    for _ in range(pulses):
        chip.rise(t_ns)
        chip.fall(t_ns + US)
        levels.append(chip.level(t_ns + 2 * US))
        t_ns += 2 * US
    return levels, t_ns


def word(levels: list[bool]) -> int:
    """Return the first 24 levels as a signed number, by the definition of two's complement."""
    raw = sum(int(level) << (23 - place) for place, level in enumerate(levels[:24]))
    return raw - (1 << 24) if raw >= 1 << 23 else raw


@pytest.mark.parametrize("code", [0, 1, -1, 5_592_405, -5_592_406, (1 << 23) - 1, -(1 << 23)])
def test_word_comes_out_most_significant_bit_first(code: int) -> None:
    """A conversion ends, the line falls, 24 pulses give the code and the 25th lifts the line."""
    chip = VirtualHx711(lambda _t: float(code), quiet())
    assert chip.level(PERIOD_NS - 1)
    assert not chip.level(PERIOD_NS)
    levels, _ = clock_out(chip, PERIOD_NS + US)
    assert word(levels) == code
    assert levels[24]


@pytest.mark.parametrize(("counts", "code"), [(9e9, (1 << 23) - 1), (-9e9, -(1 << 23))])
def test_saturates_at_24_bits(counts: float, code: int) -> None:
    chip = VirtualHx711(lambda _t: counts, quiet())
    levels, _ = clock_out(chip, PERIOD_NS)
    assert word(levels) == code


def test_unread_word_is_replaced_behind_a_high_line() -> None:
    """Nobody reads: the line goes high 75 us before the next word and falls with it; the new word is what comes out."""
    chip = VirtualHx711(lambda t: t / MS, quiet())
    assert not chip.level(2 * PERIOD_NS - BUSY_NS - 1)
    assert chip.level(2 * PERIOD_NS - BUSY_NS)
    assert chip.level(2 * PERIOD_NS - 1)
    assert not chip.level(2 * PERIOD_NS)
    levels, _ = clock_out(chip, 2 * PERIOD_NS)
    assert word(levels) == 25


def test_read_word_keeps_the_line_high_until_the_next() -> None:
    chip = VirtualHx711(lambda _t: 0.0, quiet())
    _, t_ns = clock_out(chip, PERIOD_NS)
    assert chip.level(t_ns)
    assert chip.level(2 * PERIOD_NS - 1)
    assert not chip.level(2 * PERIOD_NS)


def test_clock_high_for_sixty_microseconds_is_harmless_and_longer_switches_off() -> None:
    """At exactly 60 us nothing happens; at 61 the word is gone and the chip settles for four conversions."""
    chip = VirtualHx711(lambda _t: -2.0, quiet())
    chip.run_to(PERIOD_NS)
    chip.rise(PERIOD_NS)
    chip.fall(PERIOD_NS + 60 * US)
    levels, t_ns = clock_out(chip, PERIOD_NS + 61 * US, 24)
    assert word([True, *levels[:23]]) == -2
    chip.rise(t_ns)
    assert chip.level(t_ns + 61 * US)
    up_ns = t_ns + 62 * US
    chip.fall(up_ns)
    assert [one.kind for one in chip.log][-2:] == ["power_down", "start"]
    assert chip.level(up_ns + 4 * PERIOD_NS - 1)
    assert not chip.level(up_ns + 4 * PERIOD_NS)


def test_unsettled_conversions_can_be_shown() -> None:
    """A chip built to show them offers a quarter, a half, three quarters, then the whole value."""
    chip = VirtualHx711(lambda _t: 1000.0, quiet(settling_shows=True))
    chip.rise(0)
    chip.fall(100 * US)
    seen = []
    for turn in range(1, 5):
        t_ns = 100 * US + turn * PERIOD_NS
        assert not chip.level(t_ns)
        seen.append(word(clock_out(chip, t_ns)[0]))
    assert seen == [250, 500, 750, 1000]


@pytest.mark.parametrize(("pulses", "value"), [(25, 1000), (26, 0), (27, 500)])
def test_pulses_choose_the_next_gain(pulses: int, value: int) -> None:
    """25 pulses keep input A at 128, 26 choose input B, 27 input A at 64; a change settles for four conversions."""
    chip = VirtualHx711(lambda _t: 1000.0, quiet())
    clock_out(chip, PERIOD_NS, pulses)
    ready_ns = 2 * PERIOD_NS if pulses == 25 else 5 * PERIOD_NS
    assert chip.level(ready_ns - 1)
    assert not chip.level(ready_ns)
    assert word(clock_out(chip, ready_ns)[0]) == value


def test_more_than_27_pulses_are_counted_as_wrong() -> None:
    chip = VirtualHx711(lambda _t: 0.0, quiet())
    clock_out(chip, PERIOD_NS, 29)
    assert chip.wrong_pulses == 2


@pytest.mark.parametrize(("keeps", "value"), [(False, 1000), (True, 500)])
def test_versions_differ_in_the_gain_after_power_down(keeps: bool, value: int) -> None:
    """V1 wakes with gain 128, V2 with the one it had."""
    chip = VirtualHx711(lambda _t: 1000.0, quiet(keeps_gain=keeps))
    clock_out(chip, PERIOD_NS, 27)
    chip.run_to(5 * PERIOD_NS)
    chip.rise(5 * PERIOD_NS)
    up_ns = 5 * PERIOD_NS + 100 * US
    chip.fall(up_ns)
    assert word(clock_out(chip, up_ns + 4 * PERIOD_NS)[0]) == value


@pytest.mark.parametrize(
    ("policy", "first", "high_after", "then"),
    [
        # ten bits of the first word (all ones), then the second (0x2AAAAA) from its first bit; the fifteenth is high,
        # so that the look after the 25th pulse finds nothing wrong
        (UpdatePolicy.RELOAD, 0b111111111100101010101010, True, None),
        # ten bits of the first word, then the second from its eleventh bit
        (UpdatePolicy.SHIFT, 0b111111111110101010101010, True, None),
        # the first word to its end; the second is offered 75 us later
        (UpdatePolicy.FREEZE, 0b111111111111111111111111, True, 0x2AAAAA),
    ],
)
def test_update_in_the_middle_of_a_read(policy: UpdatePolicy, first: int, high_after: bool, then: int | None) -> None:
    """Three guesses at what nobody has written down; the driver has to be right for all."""
    values = iter((-1.0, float(0x2AAAAA)))
    chip = VirtualHx711(lambda _t: next(values, 0.0), quiet(policy=policy))
    begin, t_ns = clock_out(chip, 2 * PERIOD_NS - 20 * US - 1, 10)
    rest, t_ns = clock_out(chip, t_ns + 10 * US, 15)
    levels = begin + rest
    assert sum(int(level) << (23 - place) for place, level in enumerate(levels[:24])) == first
    assert levels[24] is high_after
    assert ("update_in_read", 10) in [(one.kind, one.value) for one in chip.log]
    if then is not None:
        assert not chip.level(t_ns + BUSY_NS)
        assert word(clock_out(chip, t_ns + BUSY_NS)[0]) == then


@pytest.mark.parametrize(
    ("kind", "level"), [(FaultKind.UNPLUGGED, True), (FaultKind.STUCK_HIGH, True), (FaultKind.STUCK_LOW, False)]
)
def test_broken_line_shows_one_level_whatever_the_chip_does(kind: FaultKind, level: bool) -> None:
    chip = VirtualHx711(lambda _t: 77.0, quiet())
    chip.apply(kind, 0)
    levels, _ = clock_out(chip, PERIOD_NS)
    assert levels == [level] * 25


def test_board_that_is_plugged_in_again_settles_first() -> None:
    chip = VirtualHx711(lambda _t: 77.0, quiet())
    chip.apply(FaultKind.UNPLUGGED, 3 * PERIOD_NS)
    chip.apply(FaultKind.OK, 5 * PERIOD_NS)
    assert chip.level(9 * PERIOD_NS - 1)
    assert not chip.level(9 * PERIOD_NS)
    assert word(clock_out(chip, 9 * PERIOD_NS)[0]) == 77


@pytest.mark.parametrize(
    ("kind", "code"),
    [(FaultKind.SATURATED_HIGH, (1 << 23) - 1), (FaultKind.SATURATED_LOW, -(1 << 23)), (FaultKind.GLITCH, -1)],
)
def test_broken_input_gives_its_code(kind: FaultKind, code: int) -> None:
    chip = VirtualHx711(lambda _t: 77.0, quiet())
    chip.apply(kind, 0)
    assert word(clock_out(chip, PERIOD_NS)[0]) == code


def test_glitch_is_over_after_one_conversion() -> None:
    chip = VirtualHx711(lambda _t: 77.0, quiet())
    chip.apply(FaultKind.GLITCH, 0)
    clock_out(chip, PERIOD_NS)
    assert word(clock_out(chip, 2 * PERIOD_NS)[0]) == 77


def test_frozen_input_repeats_while_the_true_one_moves() -> None:
    chip = VirtualHx711(lambda t: t / MS, quiet())
    clock_out(chip, PERIOD_NS)
    chip.apply(FaultKind.FROZEN, 20 * MS)
    seen = {word(clock_out(chip, turn * PERIOD_NS)[0]) for turn in range(2, 12)}
    assert len(seen) == 1


@pytest.mark.parametrize(("kind", "least", "most"), [(FaultKind.NOISY, 600, 2400), (FaultKind.FLOATING, 1e5, 8e6)])
def test_noisy_and_floating_inputs_wander_as_much_as_they_say(kind: FaultKind, least: float, most: float) -> None:
    """Noise of 1200 counts, or a wander of 150000 a step: the spread over a hundred conversions shows it."""
    chip = VirtualHx711(lambda _t: 0.0, quiet())
    chip.apply(kind, 0)
    seen = [word(clock_out(chip, turn * PERIOD_NS)[0]) for turn in range(1, 101)]
    mean = sum(seen) / 100
    spread = (sum((one - mean) ** 2 for one in seen) / 100) ** 0.5
    assert least < spread < most


def test_brown_out_starts_the_chip_again_once() -> None:
    chip = VirtualHx711(lambda _t: 5.0, quiet())
    chip.apply(FaultKind.BROWN_OUT, 2 * PERIOD_NS + 7 * MS)
    again_ns = 6 * PERIOD_NS + 7 * MS
    assert chip.level(again_ns - 1)
    assert not chip.level(again_ns)


def test_noise_and_jitter_depend_on_the_seed_alone() -> None:
    """Two chips of one seed give the same codes at the same moments; another seed gives others."""

    def run(seed: int) -> list[tuple[int, int]]:
        chip = VirtualHx711(lambda _t: 0.0, Hx711Settings(seed=seed), log_size=100)
        chip.run_to(50 * PERIOD_NS)
        return [(one.t_ns, one.value) for one in chip.log]

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize(
    "bad", [{"rate_hz": 0.0}, {"rate_hz": 999.0}, {"phase": 0.0}, {"phase": 1.5}, {"noise_counts": -1.0}]
)
def test_impossible_chip_is_refused_with_the_figure(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(bad.values())))):
        Hx711Settings(**bad)  # type: ignore[arg-type]
