<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\module;

use local_parcours\local\document\node;
use local_parcours\local\gift;

/**
 * A quiz whose questions come from a GIFT text.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class quiz extends base {
    use graded;

    /** A quiz is marked out of 100, so that a pass mark is a percentage. */
    private const GRADE = 100;

    /** @var string[] when an attempt can be reviewed: form suffix and bit */
    private const TIMES = ['during' => 0x10000, 'immediately' => 0x01000, 'open' => 0x00100, 'closed' => 0x00010];

    /** @var string[] what can be reviewed */
    private const REVIEWS = [
        'attempt', 'correctness', 'maxmarks', 'marks', 'specificfeedback', 'generalfeedback', 'rightanswer', 'overallfeedback',
    ];

    #[\Override]
    public function rules(): array {
        return ['view', 'submit', 'passgrade'];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([], ['attempts', 'grade_pass', 'gift', 'open', 'close']);
        return [
            'attempts' => $node->get('attempts', 0)->number(0, 10),
            'grade_pass' => $node->get('grade_pass', 0)->number(0, self::GRADE),
            'gift' => $node->get('gift', '')->text(),
            'open' => $node->get('open', 0)->instant(),
            'close' => $node->get('close', 0)->instant(),
        ];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        $asimported = gift::fingerprint($instance->id) === ($item->giftprint ?? gift::NO_QUESTIONS);
        return [
            'attempts' => (int) $instance->attempts,
            'grade_pass' => $this->pass_percentage($instance),
            'gift' => $asimported ? (string) ($item->gift ?? '') : null,
            'open' => (int) $instance->timeopen,
            'close' => (int) $instance->timeclose,
        ];
    }

    #[\Override]
    public function observe_rules(\stdClass $instance): array {
        return ['submit' => (int) $instance->completionminattempts === 1];
    }

    #[\Override]
    public function facts(\stdClass $instance): array {
        global $DB;
        return ['slots' => $DB->count_records('quiz_slots', ['quizid' => $instance->id])];
    }

    #[\Override]
    public function held(\stdClass $instance): array {
        global $CFG;
        require_once($CFG->dirroot . '/mod/quiz/locallib.php');
        return quiz_has_attempts($instance->id) ? ['gift' => 'hasattempts'] : [];
    }

    #[\Override]
    public function keep(array $settings, array $observed, \stdClass $instance): array {
        $held = $this->held($instance);
        if ($settings['gift'] === $observed['gift'] || !$held) {
            return [$settings, []];
        }
        return [['gift' => $observed['gift']] + $settings, $held];
    }

    #[\Override]
    public function prepare_new(\stdClass $form): void {
        $form->timelimit = 0;
        $form->overduehandling = 'autosubmit';
        $form->graceperiod = 0;
        $form->preferredbehaviour = 'deferredfeedback';
        $form->canredoquestions = 0;
        $form->attemptonlast = 0;
        $form->grademethod = 1;
        $form->decimalpoints = 2;
        $form->questiondecimalpoints = -1;
        $form->questionsperpage = 1;
        $form->navmethod = 'free';
        $form->shuffleanswers = 1;
        $form->grade = self::GRADE;
        $form->quizpassword = '';
        $form->subnet = '';
        $form->browsersecurity = '-';
        $form->delay1 = 0;
        $form->delay2 = 0;
        foreach (self::REVIEWS as $review) {
            foreach (array_keys(self::TIMES) as $time) {
                $form->{$review . $time} = (int) ($time !== 'during');
            }
        }
    }

    #[\Override]
    public function prepare_existing(\stdClass $form): void {
        global $CFG;
        require_once($CFG->dirroot . '/mod/quiz/locallib.php');
        $form->grade = (float) $form->grade;
        $form->quizpassword = $form->password;
        foreach (self::REVIEWS as $review) {
            foreach (self::TIMES as $time => $bit) {
                $form->{$review . $time} = (int) (bool) ($form->{"review{$review}"} & $bit);
            }
        }
        foreach (\mod_quiz\access_manager::load_settings($form->instance) as $name => $value) {
            $form->$name = $value;
        }
        $this->prepare_feedback($form);
    }

    /**
     * Gives the form the overall feedback that somebody wrote: quiz_update_instance() would remove it.
     *
     * @param \stdClass $form
     */
    private function prepare_feedback(\stdClass $form): void {
        global $DB;
        $context = \context_module::instance($form->coursemodule);
        foreach (array_values($DB->get_records('quiz_feedback', ['quizid' => $form->instance], 'mingrade DESC')) as $rank => $row) {
            $draft = 0;
            $text = file_prepare_draft_area($draft, $context->id, 'mod_quiz', 'feedback', $row->id, null, $row->feedbacktext);
            $form->feedbacktext[$rank] = ['text' => $text, 'format' => $row->feedbacktextformat, 'itemid' => $draft];
            if ($row->mingrade > 0) {
                $form->feedbackboundaries[$rank] = (float) $row->mingrade;
            }
        }
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
        $form->attempts = $settings['attempts'];
        $form->timeopen = $settings['open'];
        $form->timeclose = $settings['close'];
        $form->gradepass = $settings['grade_pass'] * $form->grade / 100;
    }

    #[\Override]
    public function fill_rules(\stdClass $form, array $completion): void {
        $form->completionminattempts = (int) $completion['submit'];
        $form->completionminattemptsenabled = (int) $completion['submit'];
        $form->completionattemptsexhausted = 0;
    }

    #[\Override]
    public function save_content(\stdClass $cm, array $settings, ?array $observed, \stdClass $item, string $path): void {
        if ($settings['gift'] === ($observed['gift'] ?? null) || ($observed === null && $settings['gift'] === '')) {
            return;
        }
        gift::replace($cm, $settings['gift'], "{$path}.gift");
        $item->gift = $settings['gift'];
        $item->giftprint = gift::fingerprint($cm->instance);
    }
}
