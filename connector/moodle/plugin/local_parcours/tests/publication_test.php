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

namespace local_parcours;

use local_parcours\external\observe;
use local_parcours\external\publish;
use local_parcours\local\refusal;
use PHPUnit\Framework\Attributes\CoversClass;

#[CoversClass(publish::class)]
/**
 * A session published in one call: what is written, what is refused, and what is kept.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_parcours\external\publish
 * @covers     \local_parcours\local\publisher
 * @covers     \local_parcours\local\activity_writer
 * @covers     \local_parcours\local\completion
 * @covers     \local_parcours\local\enrolments
 */
final class publication_test extends \advanced_testcase {
    /** Activities by key: module, completion, settings. */
    private const ACTIVITIES = [
        'page' => ['page', ['tracking' => 'automatic', 'view' => true], ['content' => '<p>À lire</p>']],
        'presence' => ['label', ['tracking' => 'manual', 'locked' => true], []],
        'adresse' => ['url', ['tracking' => 'automatic', 'view' => true], ['url' => 'https://exemple.fr/']],
        'forum' => ['forum', ['tracking' => 'automatic', 'posts' => 2], []],
        'depot' => ['assign', ['tracking' => 'automatic', 'submit' => true], ['online_text' => true]],
        'quiz' => ['quiz', ['tracking' => 'automatic', 'passgrade' => true], ['gift' => '::Q:: 2+2 ? {=4}', 'grade_pass' => 50]],
        'sondage' => ['choice', ['tracking' => 'automatic', 'submit' => true], ['options' => ['Oui', 'Non']]],
        'bilan' => ['feedback', ['tracking' => 'automatic', 'submit' => true], ['items' => [['name' => 'Et ?', 'type' => 'text']]]],
    ];

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        set_config('enablecompletion', 1);
        set_config('enableavailability', 1);
        // A publication that is refused rolls its own transaction back.
        $this->preventResetByRollback();
    }

    /**
     * The document of a session with an activity of each of these modules, a group and a participant.
     *
     * @param array $activities as those of the constant
     * @return array
     */
    private static function document(array $activities = self::ACTIVITIES): array {
        $list = [];
        foreach ($activities as $key => [$module, $completion, $settings]) {
            $list[] = [
                'idnumber' => "S-1/$key", 'section' => 's1', 'module' => $module, 'name' => ucfirst($key),
                'completion' => $completion, 'settings' => (object) $settings,
            ];
        }
        return [
            'format' => 'parcours-publication/1',
            'code' => 'S-1',
            'categories' => [['idnumber' => 'parcours', 'name' => 'Formation']],
            'course' => [
                'shortname' => 'S-1', 'fullname' => 'Session', 'summary' => '', 'startdate' => 0, 'enddate' => 0, 'visible' => true,
            ],
            'sections' => [['id' => 's1', 'name' => 'Première section']],
            'groups' => [['idnumber' => 'S-1/g', 'name' => 'Groupe A']],
            'activities' => $list,
            'enrolments' => [['email' => 'prof@ac-exemple.fr', 'role' => 'student', 'groups' => ['Groupe A']]],
        ];
    }

    /**
     * Publishes.
     *
     * @param array $document
     * @return array the result
     */
    private static function publish(array $document): array {
        return json_decode(publish::execute(json_encode($document)), true);
    }

    /**
     * Publishes what must be refused with one of our codes.
     *
     * @param string $code
     * @param array $document
     */
    private function assert_refused(string $code, array $document): void {
        try {
            self::publish($document);
            $this->fail("$code was expected");
        } catch (refusal $e) {
            $this->assertSame($code, $e->errorcode);
        }
    }

    public function test_a_session_is_one_call_and_the_same_again_writes_nothing(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user(['email' => 'Prof@ac-exemple.fr']);
        $result = self::publish(self::document());
        $this->assertCount(count(self::ACTIVITIES) + 4, $result['created']);
        $this->assertSame(['prof@ac-exemple.fr'], $result['enrolled']);
        $courseid = $result['course']['id'];
        $this->assertCount(count(self::ACTIVITIES), get_fast_modinfo($courseid)->get_cms());
        $this->assertSame(['Groupe A'], array_column(groups_get_all_groups($courseid, $user->id), 'name'));
        $writes = $DB->perf_get_writes();
        $again = self::publish(self::document());
        $this->assertSame([[], [], []], [$again['created'], $again['updated'], $again['enrolled']]);
        $this->assertEqualsCanonicalizing(array_merge($result['created'], $result['unchanged']), $again['unchanged']);
        $session = $DB->get_record('local_parcours_session', ['code' => 'S-1']);
        $this->assertSame(['2', (string) $courseid], [$session->revision, $session->courseid]);
        // The number of the publication and the lock of this one: not a row of Moodle's own.
        $this->assertLessThanOrEqual(3, $DB->perf_get_writes() - $writes);
    }

    public function test_a_participant_may_not_tick_what_is_locked(): void {
        $user = $this->getDataGenerator()->create_user(['email' => 'prof@ac-exemple.fr']);
        $courseid = self::publish(self::document())['course']['id'];
        $this->setUser($user);
        foreach (get_fast_modinfo($courseid)->get_cms() as $cm) {
            $may = has_capability('moodle/course:togglecompletion', $cm->context);
            $this->assertSame($cm->idnumber !== 'S-1/presence', $may, $cm->idnumber);
        }
    }

    public function test_what_a_person_has_done_is_kept_until_it_is_unlocked(): void {
        global $CFG, $DB;
        require_once($CFG->libdir . '/completionlib.php');
        $user = $this->getDataGenerator()->create_user(['email' => 'prof@ac-exemple.fr']);
        $course = get_course(self::publish(self::document())['course']['id']);
        $cm = array_values(get_fast_modinfo($course)->get_instances_of('url'))[0];
        (new \completion_info($course))->set_module_viewed($cm, $user->id);
        $changed = self::document(['adresse' => ['url', ['tracking' => 'manual'], ['url' => 'https://exemple.fr/2']]]);
        $result = self::publish($changed);
        $this->assertSame([['idnumber' => 'S-1/adresse', 'what' => 'completion', 'why' => 'hascompletions']], $result['kept']);
        $this->assertContains('S-1/adresse', $result['updated']);
        $this->assertSame(1, $DB->count_records('course_modules_completion', ['coursemoduleid' => $cm->id]));
        $this->assert_refused('stale', $changed + ['unlock' => [['idnumber' => 'S-1/adresse', 'completions' => 0]]]);
        $result = self::publish($changed + ['unlock' => [['idnumber' => 'S-1/adresse', 'completions' => 1]]]);
        $this->assertSame([], $result['kept']);
        $this->assertSame(0, $DB->count_records('course_modules_completion', ['coursemoduleid' => $cm->id]));
    }

    public function test_an_error_at_the_end_leaves_nothing(): void {
        global $DB;
        $before = [$DB->count_records('course'), $DB->count_records('course_modules'), $DB->count_records('groups')];
        $wrong = ['quiz' => ['quiz', ['tracking' => 'none'], ['gift' => '::Q:: 2+2 ? {=4']]] + self::ACTIVITIES;
        $this->assert_refused('invalidgift', self::document(array_reverse($wrong)));
        $after = [$DB->count_records('course'), $DB->count_records('course_modules'), $DB->count_records('groups')];
        $this->assertSame($before, $after);
        $this->assertSame(0, $DB->count_records('local_parcours_session'));
    }

    public function test_a_foreign_course_is_never_taken_over(): void {
        $this->getDataGenerator()->create_course(['shortname' => 'S-1']);
        $this->assert_refused('foreigncourse', self::document());
    }

    public function test_a_course_that_was_edited_since_it_was_read_is_not_written_to(): void {
        $document = self::document();
        $courseid = self::publish($document)['course']['id'];
        $query = json_encode(['format' => 'parcours-query/1', 'code' => 'S-1', 'content' => true]);
        $basis = json_decode(observe::execute($query), true)['sessions'][0]['fingerprint'];
        update_course((object) ['id' => $courseid, 'fullname' => 'Edited by hand']);
        $this->assert_refused('stale', $document + ['basis' => $basis]);
        $this->assertSame('Edited by hand', get_course($courseid)->fullname);
        $this->assertContains('S-1', self::publish($document)['updated']);
    }

    public function test_a_stranger_may_not_publish(): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(\required_capability_exception::class);
        self::publish(self::document());
    }
}
