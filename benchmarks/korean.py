"""Made-up Korean talk: words with the frequencies of a real language (Zipf), particles on them, no names."""

import itertools
import random

_STEMS = """
회비 모임 등산 오늘 내일 토요일 일요일 아침 저녁 점심 시간 장소 확인 감사 입금 통장 영수증 정산
참석 불참 사진 공지 투표 일정 버스 기차 주차 예약 식당 커피 김밥 도시락 준비물 우산 날씨 비 눈
바람 산 바다 공원 역 출구 회장 총무 회원 신입 환영 축하 생일 선물 박수 연습 경기 대회 결과 운동
축구 배드민턴 탁구 수영 책 독서 발표 순서 자료 링크 파일 회의 안건 의견 질문 대답 부탁 걱정 수고
고생 마음 사람 친구 가족 아이 학교 회사 집
"""
_SYLLABLES = (
    "이다는가에고을를은지하한로도의사시자기리나어아서라들일만수인정부대해보상전주게여면원장으유있우과동구미오안니비"
    "그제조신치스선성관소공경모위제생용계산당문물연국무화발분마금것식두행회세방음김복교작호등제트루때람명박반"
)
_PARTICLES = (
    "",
    "",
    "",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "에서",
    "도",
    "만",
    "까지",
    "부터",
    "이랑",
    "요",
    "입니다",
    "했어요",
    "할게요",
)
_TAIL_WORDS = 30_000
_SHORTEST, _LONGEST = 2, 12


class Talk:
    """Always the same talk: `texts()` from the first to the last; `words`, the most frequent first."""

    def __init__(self, seed: int = 6) -> None:
        self._random = random.Random(seed)
        made = dict.fromkeys(_STEMS.split())
        syllables = list(dict.fromkeys(_SYLLABLES))
        falling = _cumulated(len(syllables))
        while len(made) < _TAIL_WORDS:
            length = self._random.choice((2, 2, 2, 3, 3, 4))
            made["".join(self._random.choices(syllables, cum_weights=falling, k=length))] = None
        self.words = list(made)
        self._weights = _cumulated(len(self.words))

    def texts(self, count: int):
        """So many messages."""
        for _ in range(count):
            length = self._random.randint(_SHORTEST, _LONGEST)
            picked = self._random.choices(self.words, cum_weights=self._weights, k=length)
            yield " ".join(word + self._random.choice(_PARTICLES) for word in picked)


def _cumulated(count: int) -> list[float]:
    return list(itertools.accumulate(1 / (rank + 1) for rank in range(count)))
