"""A model of a consumer group: static members, of which each gives up what it is to lose first."""

from typing import NamedTuple

from ops.trials.seeded.schedule import Process, Schedule


class GroupMetadata(NamedTuple):
    """Who a member is as it sends offsets into a transaction."""

    member: "Member"
    generation: int


class Member:
    """A member of the group, as its coordinator knows it."""

    def __init__(self, instance: str, process: Process) -> None:
        self.instance = instance
        self.process = process
        self.owned: set[int] = set()
        self.target: set[int] = set()
        self.generation = 0
        self.fenced = False
        self.expelled = False


class Group:
    """Shares out partition numbers among members, and moves as few as it can."""

    checks_generation = True

    def __init__(
        self, schedule: Schedule, name: str, partitions: int, session_timeout_milliseconds: int
    ) -> None:
        self.name = name
        self._schedule = schedule
        self._partitions = partitions
        self._timeout = session_timeout_milliseconds
        self._members: dict[str, Member] = {}
        self._generation = 0

    @property
    def members(self) -> list[Member]:
        """Those who are in it, by name."""
        return [self._members[name] for name in sorted(self._members)]

    def join(self, instance: str, process: Process) -> Member:
        """Take a member in; one of the same name is fenced, and its partitions are handed over."""
        member = Member(instance, process)
        before = self._members.get(instance)
        self._members[instance] = member
        if before is None:
            self._share_out()
        else:
            before.fenced = True
            member.target, member.generation = before.target, before.generation
        self._schedule.note(instance, "joined", sorted(member.target))
        return member

    def leave(self, member: Member) -> None:
        """Let a member go that was closed; static members stay until they time out."""
        self.lose(member)

    def lose(self, member: Member) -> None:
        """Note that a member is not heard of; it is expelled if that goes on."""
        self._schedule.after(self._timeout, lambda: self._expel(member))

    def _expel(self, member: Member) -> None:
        process = member.process
        silent = process.ended or process.frozen
        if silent and self._members.get(member.instance) is member:
            member.expelled = True
            del self._members[member.instance]
            self._schedule.note(member.instance, "expelled", sorted(member.owned))
            self._share_out()

    def may_own(self, member: Member) -> set[int]:
        """Return what a member is to have and no other has still."""
        held = {n for each in self._members.values() if each is not member for n in each.owned}
        return member.target - held

    def accepts(self, metadata: GroupMetadata) -> str:
        """Return why offsets of a member are refused; empty where they aren't."""
        member = metadata.member
        if not self.checks_generation:
            return ""
        if member.fenced:
            return "fenced_instance"
        if member.expelled:
            return "unknown_member"
        return "" if metadata.generation == member.generation else "illegal_generation"

    @property
    def generation(self) -> int:
        """Counts the times that partitions were shared out."""
        return self._generation

    def _share_out(self) -> None:
        self._generation += 1
        members = self.members
        free = set(range(self._partitions))
        for number, member in enumerate(members):
            fair = self._partitions // len(members) + (number < self._partitions % len(members))
            member.target = set(sorted(member.target & free)[:fair])
            free -= member.target
        for number, member in enumerate(members):
            fair = self._partitions // len(members) + (number < self._partitions % len(members))
            while len(member.target) < fair:
                taken = min(free)
                free.discard(taken)
                member.target.add(taken)
        self._schedule.nudge()
