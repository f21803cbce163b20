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

use core_external\external_api;
use local_parcours\external\completions as service;
use local_parcours\local\invalid_document;
use local_parcours\local\session;
use PHPUnit\Framework\Attributes\CoversClass;

#[CoversClass(service::class)]
/**
 * Completions of everybody, read page by page.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_parcours\external\completions
 * @covers     \local_parcours\local\completions
 * @covers     \local_parcours\local\document\completions_query
 */
final class completions_test extends \advanced_testcase {
    /** An instant at which nothing of a test site was created. */
    private const LONG_AGO = 1700000000;

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        parent::setUp();
        require_once($CFG->libdir . '/completionlib.php');
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    /**
     * Makes a course that holds a session, with one page that people tick.
     *
     * @param string|null $code null for a course that was not published
     * @return \stdClass the page, with its cmid and its course
     */
    private function page(?string $code): \stdClass {
        $generator = $this->getDataGenerator();
        $course = $generator->create_course(['enablecompletion' => 1]);
        $fields = ['course' => $course->id, 'completion' => COMPLETION_TRACKING_MANUAL, 'idnumber' => "$code/page"];
        $page = $generator->create_module('page', $fields);
        if ($code !== null) {
            session::create($code, $course->id);
        }
        return $page;
    }

    /**
     * Writes completions of new people.
     *
     * @param \stdClass $page
     * @param int $people
     * @param int $time
     */
    private function complete(\stdClass $page, int $people, int $time): void {
        global $DB;
        for ($i = 0; $i < $people; $i++) {
            $user = $this->getDataGenerator()->create_and_enrol(get_course($page->course));
            $DB->insert_record('course_modules_completion', (object) [
                'coursemoduleid' => $page->cmid, 'userid' => $user->id, 'completionstate' => COMPLETION_COMPLETE,
                'overrideby' => null, 'timemodified' => $time,
            ]);
        }
    }

    /**
     * Asks the service.
     *
     * @param array $query
     * @return array
     */
    private function ask(array $query): array {
        $json = json_encode(['format' => 'parcours-completions-query/1'] + $query);
        $answer = external_api::clean_returnvalue(service::execute_returns(), service::execute($json));
        return json_decode($answer, true);
    }

    /**
     * Asks for every page.
     *
     * @param array $query
     * @return array the completions of all pages
     */
    private function ask_all(array $query): array {
        $all = [];
        do {
            $page = $this->ask($query);
            $all = array_merge($all, $page['completions']);
            $query['after'] = $page['next'];
        } while ($page['next'] !== null);
        return $all;
    }

    public function test_pages_lose_nothing_at_equal_seconds(): void {
        $page = $this->page('S-1');
        $this->complete($page, 7, self::LONG_AGO);
        $this->complete($page, 2, self::LONG_AGO + 1);
        $all = $this->ask_all(['limit' => 3]);
        $this->assertCount(9, $all);
        $this->assertCount(9, array_unique(array_column($all, 'userid')));
        $times = array_column($all, 'timemodified');
        $sorted = $times;
        sort($sorted);
        $this->assertSame($sorted, $times);
    }

    public function test_a_page_that_ends_where_there_is_no_more_is_the_last(): void {
        $this->complete($this->page('S-1'), 4, self::LONG_AGO);
        $this->assertNull($this->ask(['limit' => 4])['next']);
        $this->assertNotNull($this->ask(['limit' => 3])['next']);
    }

    public function test_since_takes_the_second_itself(): void {
        $page = $this->page('S-1');
        $this->complete($page, 1, self::LONG_AGO);
        $this->complete($page, 2, self::LONG_AGO + 5);
        $this->assertCount(2, $this->ask(['since' => self::LONG_AGO + 5])['completions']);
        $this->assertCount(3, $this->ask(['since' => self::LONG_AGO])['completions']);
        $this->assertSame([], $this->ask(['since' => self::LONG_AGO + 6])['completions']);
    }

    public function test_what_changes_while_pages_are_read_comes_again(): void {
        global $DB;
        $this->complete($this->page('S-1'), 4, self::LONG_AGO);
        $first = $this->ask(['limit' => 2]);
        $changed = $first['completions'][0];
        $DB->set_field('course_modules_completion', 'timemodified', time(), ['userid' => $changed['userid']]);
        $rest = $this->ask_all(['limit' => 2, 'after' => $first['next']]);
        $this->assertContains($changed['userid'], array_column($rest, 'userid'));
        $this->assertCount(3, $rest);
    }

    public function test_moodles_own_changes_are_told_with_who_made_them(): void {
        $page = $this->page('S-1');
        $user = $this->getDataGenerator()->create_and_enrol(get_course($page->course));
        $cm = get_coursemodule_from_id('page', $page->cmid);
        $info = new \completion_info(get_course($page->course));
        $info->update_state($cm, COMPLETION_COMPLETE, $user->id, true);
        $answer = $this->ask([]);
        ['completions' => [$told], 'people' => [$person], 'courses' => [$course]] = $answer;
        $this->assertSame((int) $user->id, $told['userid']);
        $this->assertSame(COMPLETION_COMPLETE, $told['state']);
        $this->assertSame((int) get_admin()->id, $told['overrideby']);
        $this->assertSame(\core_text::strtolower($user->email), $person['email']);
        $this->assertSame('S-1', $course['code']);
        $expected = ['cmid' => (int) $page->cmid, 'idnumber' => 'S-1/page', 'modname' => 'page', 'tracking' => 1];
        $this->assertSame([$expected], $course['modules']);
    }

    public function test_a_whole_course_names_every_activity_and_a_deleted_one_is_gone(): void {
        $page = $this->page('S-1');
        $other = $this->getDataGenerator()->create_module('label', ['course' => $page->course]);
        $this->complete($page, 1, self::LONG_AGO);
        $whole = ['codes' => ['S-1'], 'whole' => true];
        $cmids = fn(array $answer) => array_column($answer['courses'][0]['modules'], 'cmid');
        $this->assertEqualsCanonicalizing([(int) $page->cmid, (int) $other->cmid], $cmids($this->ask($whole)));
        course_delete_module($page->cmid);
        $answer = $this->ask($whole);
        $this->assertSame([(int) $other->cmid], $cmids($answer));
        $this->assertSame([], $answer['completions']);
    }

    public function test_other_courses_are_told_when_they_are_named_and_those_that_are_gone_are_left_out(): void {
        $page = $this->page(null);
        $this->complete($page, 1, self::LONG_AGO);
        $this->assertSame([], $this->ask([])['courses']);
        $answer = $this->ask(['courses' => [(int) $page->course, 999999]]);
        $this->assertCount(1, $answer['completions']);
        $this->assertSame([[(int) $page->course, null]], array_map(fn($one) => [$one['id'], $one['code']], $answer['courses']));
    }

    public function test_queries_do_not_grow_with_people_and_sessions(): void {
        global $DB;
        $this->complete($this->page('S-1'), 2, self::LONG_AGO);
        $this->ask([]);
        $before = $DB->perf_get_reads();
        $this->ask([]);
        $few = $DB->perf_get_reads() - $before;
        for ($i = 2; $i < 12; $i++) {
            $this->complete($this->page("S-$i"), 5, self::LONG_AGO);
        }
        \context_helper::reset_caches();
        $before = $DB->perf_get_reads();
        $this->assertCount(52, $this->ask([])['completions']);
        $many = $DB->perf_get_reads() - $before;
        $this->assertLessThanOrEqual($few + 2, $many);
    }

    public function test_a_stranger_is_told_nothing_and_refused_what_is_named(): void {
        $page = $this->page('S-1');
        $this->complete($page, 1, self::LONG_AGO);
        $this->setUser($this->getDataGenerator()->create_user());
        $this->assertSame([], $this->ask([])['completions']);
        foreach ([['codes' => ['S-1']], ['courses' => [(int) $page->course]]] as $query) {
            try {
                $this->ask($query);
                $this->fail('a capability was to be required');
            } catch (\required_capability_exception $e) {
                $this->assertSame('nopermissions', $e->errorcode);
            }
        }
    }

    public function test_a_query_that_is_not_one_is_refused_with_its_place(): void {
        foreach ([['after' => '12'], ['limit' => 0], ['since' => -1], ['codes' => 'S-1'], ['nothing' => 1]] as $wrong) {
            try {
                $this->ask($wrong);
                $this->fail(json_encode($wrong));
            } catch (invalid_document $e) {
                $this->assertStringContainsString('$', $e->getMessage());
            }
        }
    }
}
