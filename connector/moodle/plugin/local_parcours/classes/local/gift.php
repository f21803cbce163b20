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

namespace local_parcours\local;

/**
 * The questions of a quiz, imported from a GIFT text into the question bank of the quiz itself.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class gift {
    /** Fingerprint of a quiz without questions. */
    public const NO_QUESTIONS = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

    /**
     * Says which questions a quiz holds, in which order, for how much: it changes when somebody edits one.
     *
     * @param int $quizid
     * @return string SHA-256
     */
    public static function fingerprint(int $quizid): string {
        global $CFG;
        require_once($CFG->dirroot . '/mod/quiz/locallib.php');
        $cm = get_coursemodule_from_instance('quiz', $quizid, 0, false, MUST_EXIST);
        $slots = \mod_quiz\question\bank\qbank_helper::get_question_structure($quizid, \context_module::instance($cm->id));
        return hash('sha256', implode(' ', array_map(
            fn($slot) => "{$slot->questionid}:" . (float) $slot->maxmark,
            array_values($slots),
        )));
    }

    /**
     * Puts the questions of a GIFT text in the place of those of a quiz without attempts.
     *
     * @param \stdClass $cm course module record of the quiz
     * @param string $gift
     * @param string $path JSON path of the text
     */
    public static function replace(\stdClass $cm, string $gift, string $path): void {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/mod/quiz/locallib.php');
        require_once($CFG->libdir . '/questionlib.php');
        $context = \context_module::instance($cm->id);
        require_capability('moodle/question:add', $context);
        self::empty($cm, $context);
        if (trim($gift) !== '') {
            $quiz = $DB->get_record('quiz', ['id' => $cm->instance], '*', MUST_EXIST);
            $quiz->cmid = $cm->id;
            foreach (self::import($cm, $context, $gift, $path) as $questionid) {
                quiz_add_quiz_question($questionid, $quiz);
            }
        }
        \mod_quiz\quiz_settings::create($cm->instance)->get_grade_calculator()->recompute_quiz_sumgrades();
    }

    /**
     * Removes the questions of a quiz, and from its own bank those that nothing else uses.
     *
     * @param \stdClass $cm
     * @param \context_module $context
     */
    private static function empty(\stdClass $cm, \context_module $context): void {
        global $DB;
        quiz_delete_previews($DB->get_record('quiz', ['id' => $cm->instance], '*', MUST_EXIST));
        for ($number = $DB->count_records('quiz_slots', ['quizid' => $cm->instance]); $number > 0; $number--) {
            \mod_quiz\quiz_settings::create($cm->instance)->get_structure()->remove_slot($number);
        }
        $sql = "SELECT v.questionid
                  FROM {question_versions} v
                  JOIN {question_bank_entries} e ON e.id = v.questionbankentryid
                  JOIN {question_categories} c ON c.id = e.questioncategoryid
                 WHERE c.contextid = ?";
        foreach ($DB->get_fieldset_sql($sql, [$context->id]) as $questionid) {
            question_delete_question($questionid);
        }
    }

    /**
     * Imports a GIFT text with Moodle's own reader.
     *
     * @param \stdClass $cm
     * @param \context_module $context
     * @param string $gift
     * @param string $path JSON path of the text
     * @return int[] ids of the questions, in order
     */
    private static function import(\stdClass $cm, \context_module $context, string $gift, string $path): array {
        global $CFG;
        require_once($CFG->dirroot . '/question/format.php');
        require_once($CFG->dirroot . '/question/format/gift/format.php');
        $file = make_request_directory() . '/questions.gift';
        file_put_contents($file, $gift);
        $format = new \qformat_gift();
        $format->setCategory(self::category($context));
        $format->setContexts([$context]);
        $format->setCourse(get_course($cm->course));
        $format->setFilename($file);
        $format->setMatchgrades('error');
        $format->setCatfromfile(false);
        $format->setContextfromfile(false);
        $format->setStoponerror(true);
        $format->set_display_progress(false);
        // Moodle's readers print what they think of a text.
        ob_start();
        try {
            $done = $format->importpreprocess() && $format->importprocess() && $format->importpostprocess();
        } finally {
            $said = ob_get_clean();
        }
        if (!$done || !$format->questionids) {
            $said = html_to_text(preg_replace('~<button.*?</button>~s', '', $said), 0, false);
            throw new refusal('invalidgift', $path, trim(preg_replace('/\s+/', ' ', $said)));
        }
        return $format->questionids;
    }

    /**
     * The question category of a quiz; Moodle 4.5 and 5.x make it by different functions.
     *
     * @param \context_module $context
     * @return \stdClass
     */
    private static function category(\context_module $context): \stdClass {
        return question_get_default_category($context->id, true) ?: question_make_default_categories([$context]);
    }
}
